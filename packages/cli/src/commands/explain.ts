import type { DescentClient } from '@descent/client';
import type { CheckpointChoice, Explanation } from '@descent/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { describeExplanation, describeNodes } from '../describe-explanation.ts';
import { isJobId } from '../options.ts';
import { readJsonFile } from '../read-job-file.ts';
import { readModelFile } from '../read-model-file.ts';

interface Options extends ConnectionOptions {
  readonly node: readonly string[];
  readonly of?: string;
  readonly checkpoint?: CheckpointChoice;
  readonly samples?: readonly number[];
  readonly split?: string;
  readonly inputs?: string;
  readonly check: boolean;
  readonly json?: boolean;
}

export function addExplain(program: Command, context: CommandContext): void {
  const { stdout, signal } = context;
  withConnectionOptions(program.command('explain'))
    .description(
      'Show the values that flow forward and the gradients that flow back, checked by differences.',
    )
    .argument('<job|file>', 'job id, or a JSON file with a model and numbers (- for standard input)')
    .option('-n, --node <name>', 'a node, value or layer in detail; may be given several times', collect, [])
    .option('--of <value>', 'differentiate the sum of this value instead of the loss')
    .option('--checkpoint <which>', 'of a job: a step, latest (default), best or initial', checkpoint)
    .option('--samples <numbers>', 'of a job: samples of the data set, such as 0,7,8 (default: 0)', indices)
    .option('--split <name>', 'split that holds the samples (default: the one that is trained on)')
    .option('--inputs <file>', 'JSON file { input: [row, …] } with the numbers to send through')
    .option('--no-check', 'leave the finite differences out')
    .option('--json', 'print the explanation as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent explain examples/lecture/multiply-gate.json
  $ descent explain job_01JD0000000000000000000000 --samples 0,1,2 --node hidden`,
    )
    .action(async (subject: string, options: Options) => {
      const client = connect(options, context.config);
      const explanation = await ask(client, subject, options, signal);
      const describe = options.node.length > 0 ? describeNodes : describeExplanation;
      stdout.write(`${options.json ? JSON.stringify(explanation) : describe(explanation)}\n`);
    });
}

async function ask(
  client: DescentClient,
  subject: string,
  { node, of, check, inputs, checkpoint, samples, split }: Options,
  signal: AbortSignal,
): Promise<Explanation> {
  const given =
    inputs === undefined ? undefined : ((await readJsonFile(inputs)) as Record<string, unknown[]>);
  const question = {
    ...(node.length === 0 ? {} : { nodes: [...node] }),
    ...(of === undefined ? {} : { of }),
    ...(check ? {} : { check }),
    ...(given === undefined ? {} : { inputs: given }),
  };
  if (!isJobId(subject)) {
    const { model, example } = await readModelFile(subject);
    return client.models.explain({ model, inputs: {}, ...example, ...question }, { signal });
  }
  const chosen =
    samples === undefined && split === undefined
      ? {}
      : { samples: { indices: [...(samples ?? [0])], ...(split === undefined ? {} : { split }) } };
  return client.jobs.explain(
    subject,
    { ...question, ...chosen, ...(checkpoint === undefined ? {} : { checkpoint }) },
    { signal },
  );
}

function collect(name: string, before: readonly string[]): readonly string[] {
  return [...before, name];
}

function checkpoint(text: string): CheckpointChoice {
  if (text === 'latest' || text === 'best' || text === 'initial') return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a step, latest, best or initial.');
}

function indices(text: string): readonly number[] {
  if (/^\d{1,15}(,\d{1,15})*$/.test(text)) return text.split(',').map(Number);
  throw new InvalidArgumentError('It must be sample numbers with commas between, from 0.');
}
