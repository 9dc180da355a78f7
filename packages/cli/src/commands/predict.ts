import type { Prediction, PredictRequest } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { percent } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { parseJson, readText } from '../read-job-file.ts';
import { readRows } from '../read-rows.ts';

interface Options extends ConnectionOptions {
  readonly row?: readonly string[];
  readonly checkpoint?: ChosenCheckpoint;
  readonly json?: boolean;
}
type ChosenCheckpoint = number | 'best' | 'latest';

export function addPredict(program: Command, { config, stdout, signal }: CommandContext): void {
  withConnectionOptions(program.command('predict'))
    .description('Let a finished job, or a checkpoint, answer for up to 1,000 rows of raw values.')
    .argument('<id>', 'job id')
    .argument(
      '[file]',
      'CSV with a header, or JSON: rows, {"rows":…} or {"inputs":…}; - for JSON on standard input',
    )
    .option('--row <json...>', 'a row as JSON instead of a file, column → value')
    .option(
      '--checkpoint <which>',
      'a step, "best" or "latest"; also of a job that still trains',
      readCheckpoint,
    )
    .option('--json', 'print the answer as one JSON line')
    .addHelpText(
      'after',
      `
One line per row: the output of the model as JSON, and the class where it has classes.

Examples:
  $ descent predict job_01JD0000000000000000000000 flowers.csv
  $ descent predict job_01JD0000000000000000000000 --row '{"petalLength":1.4,"petalWidth":0.2}'`,
    )
    .action(async (id: string, file: string | undefined, { row, json, checkpoint, ...options }: Options) => {
      const request = await readQuestion(file, row);
      const prediction = await connect(options, config).jobs.predict(id, request, {
        signal,
        ...(checkpoint !== undefined && { checkpoint }),
      });
      if (json) {
        stdout.write(`${JSON.stringify(prediction)}\n`);
        return;
      }
      for (let row = 0; row < prediction.rows; row++) stdout.write(`${describeAnswer(prediction, row)}\n`);
    });
}

function readCheckpoint(text: string): ChosenCheckpoint {
  if (text === 'best' || text === 'latest') return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new DescentError('OPTION_INVALID', {
    option: '--checkpoint',
    problem: `is "${text}"; give the step of a checkpoint, "best" or "latest"`,
  });
}

/** `virginica  97.31 %  [0.1, 1.2, 4.8]`; without classes the output alone. */
function describeAnswer({ outputs, probabilities, classes, classNames }: Prediction, row: number): string {
  const output = JSON.stringify(outputs[row]);
  const best = classes?.[row];
  if (best === undefined) return output;
  const probability = (probabilities?.[row] as number[] | undefined)?.[best];
  const name = plainText(classNames?.[best] ?? String(best));
  return [name, ...(probability === undefined ? [] : [percent(probability)]), output].join('  ');
}

async function readQuestion(
  file: string | undefined,
  rows: readonly string[] | undefined,
): Promise<PredictRequest> {
  if (rows !== undefined && file === undefined) {
    return { rows: rows.map((text) => parseJson(text, '--row') as Record<string, unknown>) };
  }
  if (file === undefined || rows !== undefined)
    throw new DescentError('OPTION_INVALID', { option: 'predict', problem: 'needs either a file or --row' });
  return readRows(await readText(file), file);
}
