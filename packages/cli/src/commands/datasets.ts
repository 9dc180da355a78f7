import { basename } from 'node:path';
import { describeFinding, pushDataset } from '@descent/client';
import { type Dataset, IngestOptions, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count, table } from '../format.ts';
import { listFiles } from '../push/list-files.ts';
import { pushedFile } from '../push/pushed-file.ts';
import { createUploadView } from '../push/upload-view.ts';

export function addDatasets(program: Command, context: CommandContext): void {
  const { stdout, stderr, signal } = context;
  const datasets = program.command('datasets').description('List, upload, look at and delete data sets.');

  withConnectionOptions(datasets.command('ls'))
    .description('List data sets.')
    .option('--json', 'print them as one JSON line')
    .action(async ({ json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const all = await connect(options, context.config).datasets.list({ signal });
      const rows = all.map((dataset) => [
        dataset.id,
        stateOf(dataset),
        samples(dataset.manifest),
        dataset.name,
      ]);
      stdout.write(`${json ? JSON.stringify(all) : table([['id', 'state', 'samples', 'name'], ...rows])}\n`);
    });

  withConnectionOptions(datasets.command('push'))
    .description(
      'Upload files or a folder as a data set: CSV, TSV, JSON Lines, Parquet, NPZ, NPY, safetensors, IDX, a zip, tar or folder of images, text.',
    )
    .argument('<path...>', 'of several files, names and folders such as train and test say the split')
    .option('--name <name>', 'name of the data set (default: that of the first path)')
    .option('--split <split>', 'split of the file')
    .option('--options <json>', 'how the files are read: IngestOptions of docs/data.md as JSON')
    .option('--resume <id>', 'go on with a data set whose upload was interrupted')
    .option('--json', 'print the data set as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent datasets push iris.csv --name iris
  $ descent datasets push train.csv test.csv --name wine
  $ descent datasets push photos/ --options '{"image":{"width":64,"height":64}}'`,
    )
    .action(async (paths: string[], options: PushCommandOptions) => {
      const files = await listFiles(paths);
      const how = options.options === undefined ? {} : readOptions(options.options);
      const client = connect(options, context.config);
      const name = options.name ?? basename(paths[0]!);
      const id = options.resume ?? (await client.datasets.create(name, { signal })).id;
      const view = createUploadView(stderr);
      try {
        const pushed = await Promise.all(files.map(pushedFile));
        const dataset = await pushDataset(client.datasets, id, pushed, {
          options: how,
          signal,
          onProgress: view.show,
          ...(options.split === undefined ? {} : { split: options.split }),
        });
        view.close();
        stdout.write(`${options.json ? JSON.stringify(dataset) : dataset.id}\n`);
        if (options.json) return;
        stderr.write(`${dataset.state}, version ${dataset.version}, ${samples(dataset.manifest)} samples\n`);
        const { findings } = await client.datasets.report(id, { signal });
        for (const finding of findings) stderr.write(`  ${describeFinding(finding)}\n`);
      } catch (error) {
        view.close();
        const left = await client.datasets.files(id).catch(() => []);
        if (left.length > 0)
          stderr.write(`To go on: descent datasets push ${paths.join(' ')} --resume ${id}\n`);
        throw error;
      }
    });

  withConnectionOptions(datasets.command('fetch'))
    .description('Let the server fetch a file as a data set, from a host that staff allow.')
    .argument('<url>', 'https address of the file')
    .option('--name <name>', 'name of the data set (default: that of the file)')
    .option('--split <split>', 'split of the file')
    .option('--options <json>', 'how the file is read: IngestOptions of docs/data.md as JSON')
    .option('--json', 'print the data set as one JSON line')
    .action(async (url: string, options: FetchCommandOptions) => {
      const client = connect(options, context.config);
      const how = options.options === undefined ? {} : readOptions(options.options);
      const name = options.name ?? (basename(url.replace(/[?#].*/, '')) || 'data');
      const { id } = await client.datasets.create(name, { signal });
      const split = options.split === undefined ? {} : { split: options.split };
      const dataset = await client.datasets.fetch(id, { url, ...split, options: how }, { signal });
      stdout.write(`${options.json ? JSON.stringify(dataset) : dataset.id}\n`);
    });

  withConnectionOptions(datasets.command('show'))
    .description('Columns, splits and findings of a data set.')
    .argument('<id>')
    .option('--json', 'print the data set and its report as one JSON line')
    .action(async (id: string, { json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const client = connect(options, context.config);
      const dataset = await client.datasets.get(id, { signal });
      const report = dataset.manifest === null ? null : await client.datasets.report(id, { signal });
      if (json) {
        stdout.write(`${JSON.stringify({ ...dataset, report })}\n`);
        return;
      }
      stdout.write(`${dataset.name}@${dataset.version}: ${stateOf(dataset)}, ${samples(dataset.manifest)}\n`);
      if (dataset.error !== null) stdout.write(`${dataset.error.message}\n`);
      if (dataset.manifest !== null) stdout.write(`${columnTable(dataset.manifest)}\n`);
      for (const finding of report?.findings ?? []) stdout.write(`  ${describeFinding(finding)}\n`);
    });

  withConnectionOptions(datasets.command('rm'))
    .description('Delete a data set that no job uses.')
    .argument('<id>')
    .option('--json', 'print what was deleted as one JSON line')
    .action(async (id: string, { json, ...options }: ConnectionOptions & { json?: boolean }) => {
      await connect(options, context.config).datasets.remove(id, { signal });
      stdout.write(json ? `${JSON.stringify({ id, deleted: true })}\n` : `Deleted ${id}\n`);
    });
}

/** Built-in ones are read when a job first names them; where their files are missing, what installs them. */
function stateOf({ state, origin }: Dataset): string {
  if (origin === undefined || state === 'ready') return state;
  return origin.install === null ? 'built in' : `needs: ${origin.install}`;
}

interface FetchCommandOptions extends ConnectionOptions {
  name?: string;
  split?: string;
  options?: string;
  json?: boolean;
}

interface PushCommandOptions extends ConnectionOptions {
  name?: string;
  split?: string;
  options?: string;
  resume?: string;
  json?: boolean;
}

function readOptions(text: string): IngestOptions {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DescentError('REQUEST_INVALID', { path: '--options', problem: 'is not JSON' }, { cause });
  }
  return validate(IngestOptions, json, ['--options']);
}

function samples(manifest: Dataset['manifest']): string {
  if (manifest === null) return '–';
  return manifest.splits.map((split) => `${split.name} ${count(split.count)}`).join(', ');
}

function columnTable({ columns }: NonNullable<Dataset['manifest']>): string {
  const number = (value: number) => String(Number(value.toPrecision(5)));
  const rows = columns.map(({ name, dtype, kind, shape, classes, missing, statistics }) => [
    name,
    classes === undefined ? (kind ?? dtype) : `${classes.length} classes`,
    `[${shape.join(', ')}]`,
    number(statistics.minimum),
    number(statistics.maximum),
    number(statistics.mean),
    missing === undefined ? '' : count(missing),
  ]);
  return table([['column', 'holds', 'shape', 'minimum', 'maximum', 'mean', 'missing'], ...rows]);
}
