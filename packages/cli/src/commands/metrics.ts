import type { MetricPoint } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { decimal, table } from '../format.ts';
import { wholeNumber } from '../options.ts';

interface Options extends ConnectionOptions {
  readonly split?: MetricPoint['split'];
  readonly last: number;
  readonly csv?: boolean;
  readonly json?: boolean;
}

export function addMetrics(program: Command, { config, stdout, stderr, signal }: CommandContext): void {
  withConnectionOptions(program.command('metrics'))
    .description('Print loss and metrics of a training job, point by point.')
    .argument('<id>', 'job id')
    .addOption(new Option('--split <split>', 'only points of this split').choices(['train', 'validation']))
    .option('--last <n>', 'of the table: at most this many points, the latest', wholeNumber(1, 100_000), 20)
    .addOption(new Option('--csv', 'print all points as CSV').conflicts('json'))
    .option('--json', 'print each point as a JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent metrics job_01JD0000000000000000000000 --split validation
  $ descent metrics job_01JD0000000000000000000000 --csv > curve.csv`,
    )
    .action(async (id: string, { split, last, csv, json, ...options }: Options) => {
      const points: MetricPoint[] = [];
      for await (const point of connect(options, config).jobs.metricsSoFar(id, { signal })) {
        if (split !== undefined && point.split !== split) continue;
        if (json) stdout.write(`${JSON.stringify(point)}\n`);
        else points.push(point);
      }
      if (json) return;
      const names = [...new Set(points.flatMap(({ values }) => Object.keys(values)))];
      const head = ['step', 'epoch', 'split', ...names];
      const row = (number: (value: number) => string) => (point: MetricPoint) => [
        String(point.step),
        number(point.epoch),
        point.split,
        ...names.map((name) => (point.values[name] === undefined ? '' : number(point.values[name]))),
      ];
      if (csv) {
        for (const cells of [head, ...points.map(row(String))]) stdout.write(`${cells.join(',')}\n`);
      } else if (points.length === 0) stderr.write('No points yet\n');
      else stdout.write(`${table([head, ...points.slice(-last).map(row(decimal))])}\n`);
    });
}
