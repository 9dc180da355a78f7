import { resolve } from 'node:path';
import { type ExportFormat, exportFormats } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count } from '../format.ts';
import { saveDownload } from '../save-download.ts';

interface Options extends ConnectionOptions {
  readonly format: ExportFormat;
  readonly out?: string;
  readonly checkpoint?: string;
  readonly json?: boolean;
}

export function addExport(program: Command, context: CommandContext): void {
  const { signal } = context;
  withConnectionOptions(program.command('export'))
    .description('Write the trained model of a job as a file of another framework.')
    .argument('<id>', 'job id')
    .addOption(
      new Option('-f, --format <format>', 'what to write').choices(exportFormats).makeOptionMandatory(),
    )
    .option('-o, --out <file>', 'where to write it (default: ID with the ending of the format)')
    .option('--checkpoint <id>', 'at a checkpoint, such as ck_469, instead of the end')
    .option('--json', 'print {"path","bytes"} as one JSON line')
    .addHelpText(
      'after',
      `
Formats:
  onnx         the inference graph with its weights, for onnxruntime and many others
  pytorch      one Python file that rebuilds the model; \`load("weights.safetensors")\` fills it
  safetensors  the weights
  tfjs         a zip with model.json and weights.bin for \`tf.loadLayersModel\`

Example:
  $ descent export job_01JD0000000000000000000000 --format onnx -o mnist.onnx`,
    )
    .action(async (id: string, { format, out, checkpoint, json, ...options }: Options) => {
      const { jobs } = connect(options, context.config);
      const download = await jobs.exportModel(id, format, {
        signal,
        ...(checkpoint === undefined ? {} : { checkpoint }),
      });
      const path = resolve(context.config.workingDir, out ?? download.fileName ?? `${id}.${format}`);
      const bytes = await saveDownload(download, path, signal);
      context.stdout.write(`${json ? JSON.stringify({ path, bytes }) : path}\n`);
      if (!json) context.stderr.write(`${count(bytes)} bytes\n`);
    });
}
