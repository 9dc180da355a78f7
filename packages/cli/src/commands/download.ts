import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count } from '../format.ts';
import { saveDownload } from '../save-download.ts';

interface Options extends ConnectionOptions {
  readonly out?: string;
  readonly checkpoint?: string;
  readonly json?: boolean;
}

export function addDownload(program: Command, context: CommandContext): void {
  const { signal } = context;
  withConnectionOptions(program.command('download'))
    .description('Download the weights of a training job (safetensors).')
    .argument('<id>', 'job id')
    .option('-o, --out <file>', 'where to write them (default: ID.safetensors)')
    .option('--checkpoint <id>', 'a whole checkpoint instead, such as ck_469')
    .option('--json', 'print {"path","bytes"} as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  $ descent download job_01JD0000000000000000000000 -o mnist.safetensors',
    )
    .action(async (id: string, { out, checkpoint, json, ...options }: Options) => {
      const { jobs } = connect(options, context.config);
      const download =
        checkpoint === undefined
          ? await jobs.downloadWeights(id, { signal })
          : await jobs.downloadCheckpoint(id, checkpoint, { signal });
      const name = checkpoint === undefined ? id : `${id}-${checkpoint}`;
      const path = resolve(context.config.workingDir, out ?? `${name}.safetensors`);
      const bytes = await saveDownload(download, path, signal);
      context.stdout.write(`${json ? JSON.stringify({ path, bytes }) : path}\n`);
      if (!json) context.stderr.write(`${count(bytes)} bytes\n`);
    });
}
