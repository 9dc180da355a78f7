import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { Dataset } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count, table } from '../format.ts';
import { messageOf } from '../stack/data-folder.ts';

export function addDatasets(program: Command, context: CommandContext): void {
  const { stdout, stderr, signal } = context;
  const datasets = program.command('datasets').description('List and upload data sets.');

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
    .description('Upload a file as a new data set: CSV, TSV, NPZ, NPY or IDX, gzip too.')
    .argument('<file>')
    .option('--name <name>', 'name of the data set (default: that of the file)')
    .option('--json', 'print the data set as one JSON line')
    .addHelpText('after', '\nExample:\n  $ descent datasets push iris.csv --name iris')
    .action(async (file: string, options: ConnectionOptions & { name?: string; json?: boolean }) => {
      await access(file, constants.R_OK).catch((cause: unknown) => {
        throw new DescentError('FILE_UNREADABLE', { path: file, problem: messageOf(cause) }, { cause });
      });
      const client = connect(options, context.config);
      const { id } = await client.datasets.create(options.name ?? basename(file), { signal });
      // The global type of web streams and that of node:stream/web differ in name only.
      const content = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
      const dataset = await client.datasets.upload(id, content, { fileName: basename(file), signal });
      stdout.write(`${options.json ? JSON.stringify(dataset) : dataset.id}\n`);
      if (!options.json) stderr.write(`${dataset.state}, ${samples(dataset.manifest)} samples\n`);
    });
}

/** Built-in ones are read when a job first names them; where their files are missing, what installs them. */
function stateOf({ state, origin }: Dataset): string {
  if (origin === undefined || state === 'ready') return state;
  return origin.install === null ? 'built in' : `needs: ${origin.install}`;
}

function samples(manifest: Dataset['manifest']): string {
  if (manifest === null) return '–';
  return manifest.splits.map((split) => `${split.name} ${count(split.count)}`).join(', ');
}
