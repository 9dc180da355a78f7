import { setTimeout } from 'node:timers/promises';
import type { WebhooksApi } from '@descent/client';
import { type Webhook, type WebhookDelivery, type WebhookEvent, webhookEvents } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes } from '../exit-code.ts';
import { table } from '../format.ts';
import { plainText } from '../plain-text.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}
interface AddOptions extends Options {
  readonly job?: string;
  readonly event?: WebhookEvent[];
}

/** How long `test` waits for an answer: the service gives an address 10 s. */
const patienceMs = 15_000;
const lookEveryMs = 250;

export function addWebhooks(program: Command, context: CommandContext): void {
  const { config, stdout, stderr, signal } = context;
  const webhooks = program
    .command('webhooks')
    .description('Addresses that are told when a job ends, fails or diverges (docs/webhooks.md).');
  const command = (name: string) =>
    withConnectionOptions(webhooks.command(name)).option('--json', 'print the answer as one JSON line');
  const api = (options: Options) => connect(options, config).webhooks;
  const say = (json: boolean | undefined, value: unknown, text: string) =>
    stdout.write(`${json ? JSON.stringify(value) : text}\n`);

  command('ls')
    .description('List the webhooks of your team; for staff of every team.')
    .action(async ({ json, ...options }: Options) => {
      const all = await api(options).list({ signal });
      say(json, all, table([['id', 'of', 'events', 'url'], ...all.map(row)]));
    });

  command('add')
    .description(
      'Tell an address (https, of a host that staff allow). Prints the secret of its signatures, this once.',
    )
    .argument('<url>')
    .option('--job <id>', 'of this job alone (default: every job of the team, which needs an owner)')
    .addOption(
      new Option('--event <names...>', 'of these ends alone (default: all of them)').choices(webhookEvents),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ descent webhooks add https://hooks.example.org/descent --event failed diverged
  $ descent webhooks add https://hooks.example.org/descent --job job_01JD0000000000000000000000`,
    )
    .action(async (url: string, { job, event, json, ...options }: AddOptions) => {
      const created = await api(options).create(
        { url, ...(job !== undefined && { job }), ...(event !== undefined && { events: event }) },
        { signal },
      );
      say(json, created, `${created.webhook.id}\nsecret ${created.secret}`);
      if (!json) stderr.write('Keep the secret: it is not shown again.\n');
    });

  command('rm')
    .description('End a webhook.')
    .argument('<webhook>', 'id')
    .action(async (id: string, { json, ...options }: Options) => {
      await api(options).remove(id, { signal });
      say(json, { removed: id }, `${id} is removed`);
    });

  command('test')
    .description('Send a delivery now, and tell how the address answers.')
    .argument('<webhook>', 'id')
    .action(async (id: string, { json, ...options }: Options) => {
      const delivery = await sendTest(api(options), id, signal);
      say(json, delivery, describe(delivery));
      if (delivery.state !== 'delivered') context.setExitCode(exitCodes.jobFailed);
    });

  command('deliveries')
    .description('What an address was sent, newest first, and how it answered.')
    .argument('<webhook>', 'id')
    .action(async (id: string, { json, ...options }: Options) => {
      const all = await api(options).deliveries(id, { signal });
      const rows = all.map((one) => [
        one.createdAt.slice(0, 19).replace('T', ' '),
        describe(one),
        one.job || '–',
      ]);
      say(json, all, table([['time', 'what', 'job'], ...rows]));
    });
}

/** Sends one and waits until it was attempted. */
async function sendTest(api: WebhooksApi, id: string, signal: AbortSignal): Promise<WebhookDelivery> {
  const before = new Set((await api.deliveries(id, { signal })).map((delivery) => delivery.id));
  await api.test(id, { signal });
  const until = Date.now() + patienceMs;
  for (;;) {
    const found = (await api.deliveries(id, { signal })).find(
      (delivery) => delivery.event === 'test' && !before.has(delivery.id),
    );
    const attempted = found !== undefined && (found.state !== 'waiting' || found.attempts > 0);
    if (found !== undefined && (attempted || Date.now() > until)) return found;
    await setTimeout(lookEveryMs, undefined, { signal });
  }
}

function describe({ event, state, attempts, status, problem }: WebhookDelivery): string {
  const answer = problem ?? (status === null ? 'no answer yet' : `answered ${status}`);
  const times = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return `${event} ${state}: ${plainText(answer)} (${times})`;
}

function row({ id, job, events, url }: Webhook): string[] {
  const which = events.length === webhookEvents.length ? 'all' : events.join(' ');
  return [id, job ?? 'every job', which, plainText(url)];
}
