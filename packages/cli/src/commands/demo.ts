import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createClient } from '@descent/client';
import type { Job } from '@descent/contracts';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { createDemoResult, describeDemoResult } from '../demo-result.ts';
import { exitCodes } from '../exit-code.ts';
import { followJob } from '../follow-job.ts';
import { wholeNumber } from '../options.ts';
import { createProgressView } from '../progress-view.ts';
import { readJobFile } from '../read-job-file.ts';
import { examplePath } from '../stack/examples.ts';
import { isPortFree } from '../stack/free-port.ts';
import type { Stack } from '../stack/start-stack.ts';
import { summary } from '../stack/summary.ts';

interface Options {
  readonly example: string;
  readonly workers: number;
  readonly separate?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly port?: number;
  readonly dataDir?: string;
}

const host = '127.0.0.1';
const usualPort = 7070;

export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('Start everything, train an example, and keep serving until Ctrl-C.')
    .option('-e, --example <name>', 'a file of the folder examples/ without .json', 'mnist-mlp')
    .option('-w, --workers <n>', 'workers', wholeNumber(1, 256), 2)
    .option('--separate', 'a process for the parameter server and for every worker')
    .option('--once', 'stop everything when the job has ended')
    .option('--json', 'print the result as one JSON line')
    .option(
      '-p, --port <n>',
      `port; 0: any free one (default: ${usualPort} if it is free)`,
      wholeNumber(0, 65_535),
    )
    .option(
      '--data-dir <dir>',
      'everything that is kept (default: .descent/demo; with --once a temporary folder)',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ descent demo
  $ descent demo --example mnist-cnn --workers 4
  $ descent demo --once --json | jq .validation.accuracy`,
    )
    .action(async (options: Options) => {
      const request = await readJobFile(examplePath(options.example));
      const temporary = options.once === true && options.dataDir === undefined;
      const dataDir = temporary
        ? mkdtempSync(join(context.config.temporaryDir, 'descent-demo-'))
        : resolve(context.config.workingDir, options.dataDir ?? join('.descent', 'demo'));
      try {
        await demo(request, dataDir, options, context);
      } finally {
        if (temporary) rmSync(dataDir, { recursive: true, force: true });
      }
    });
}

async function demo(
  request: Job['request'],
  dataDir: string,
  options: Options,
  context: CommandContext,
): Promise<void> {
  const { config, stdout, stderr, signal, forceSignal } = context;
  const tell = (text: string) => void stderr.write(`${text}\n`);
  const { startStack } = await import('../stack/start-stack.ts');
  tell('Starting the service …');
  const stack = await startStack({
    dataDir,
    host,
    port: options.port ?? (options.once || !(await isPortFree(host, usualPort)) ? 0 : usualPort),
    workers: options.workers,
    separate: options.separate ?? false,
    redisUrl: config.redisUrl,
    env: config.env,
    temporaryDir: config.temporaryDir,
    tell,
    signal,
    forceSignal,
  });
  try {
    if (!options.once) tell(`${summary(stack, options.workers)}\n`);
    const job = await train(stack, request, options, context);
    const result = createDemoResult(job, options.workers);
    if (options.json) stdout.write(`${JSON.stringify(result)}\n`);
    else stdout.write(`${describeDemoResult(job, result, stack)}\n`);
    if (job.state !== 'succeeded') context.setExitCode(exitCodes.jobFailed);
    if (options.once) return;
    tell('The service keeps running. Ctrl-C stops it.');
    await stack.stopped;
    tell('Stopped.');
  } catch (error) {
    // Ctrl-C is how a demo that serves is meant to end.
    if (!signal.aborted || options.once) throw error;
  } finally {
    await stack.stop();
  }
}

async function train(
  stack: Stack,
  request: Job['request'],
  options: Options,
  context: CommandContext,
): Promise<Job> {
  const { stderr, signal } = context;
  const { url, token } = stack;
  const client = createClient({ url, ...(token !== null && { token }) });
  const created = await client.jobs.create(request, { signal });
  stderr.write(`Submitted ${options.example} as ${created.id}.\n`);
  return followJob(
    client,
    created.id,
    createProgressView(stderr, () => performance.now()),
    signal,
  );
}
