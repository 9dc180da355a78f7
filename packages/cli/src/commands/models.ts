import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { type LossType, lossTypes } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count, table } from '../format.ts';
import { messageOf } from '../stack/data-folder.ts';

interface ImportFlags extends ConnectionOptions {
  readonly name?: string;
  readonly output?: string;
  readonly batchNormalization?: 'train' | 'frozen';
  readonly loss?: LossType;
  readonly json?: boolean;
}

export function addModels(program: Command, context: CommandContext): void {
  const { stdout, stderr, signal } = context;
  const models = program.command('models').description('Import models of other frameworks.');

  withConnectionOptions(models.command('import'))
    .description(
      'Import an ONNX file (torch.onnx.export), the JSON of a Keras model, or a zip of a TensorFlow.js model.',
    )
    .argument('<file>')
    .option('--name <name>', 'name of the model (default: that of the file)')
    .option('--output <name>', 'the output to train on, where the file has several')
    .addOption(
      new Option('--batch-normalization <mode>', 'train it, or keep the moments of the file').choices([
        'train',
        'frozen',
      ]),
    )
    .addOption(
      new Option('--loss <type>', 'Keras: the loss to train with, in place of a last softmax').choices(
        lossTypes,
      ),
    )
    .option('--json', 'print the model as one JSON line')
    .addHelpText('after', '\nExample:\n  $ descent models import resnet.onnx --name resnet')
    .action(
      async (file: string, { json, name, output, batchNormalization, loss, ...options }: ImportFlags) => {
        await access(file, constants.R_OK).catch((cause: unknown) => {
          throw new DescentError('FILE_UNREADABLE', { path: file, problem: messageOf(cause) }, { cause });
        });
        const content = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
        const model = await connect(options, context.config).models.import(content, {
          name: name ?? basename(file),
          signal,
          ...(output === undefined ? {} : { output }),
          ...(batchNormalization === undefined ? {} : { batchNormalization }),
          ...(loss === undefined ? {} : { loss }),
        });
        stdout.write(`${json ? JSON.stringify(model) : model.id}\n`);
        if (!json) stderr.write(`${model.format}, ${count(model.parameters)} parameters\n`);
      },
    );

  withConnectionOptions(models.command('ls'))
    .description('List imported models, newest first.')
    .option('--json', 'print them as one JSON line')
    .action(async ({ json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const all = await connect(options, context.config).models.list({ signal });
      const rows = all.map(({ id, format, parameters, name }) => [id, format, count(parameters), name]);
      stdout.write(
        `${json ? JSON.stringify(all) : table([['id', 'format', 'parameters', 'name'], ...rows])}\n`,
      );
    });

  withConnectionOptions(models.command('show'))
    .description('Print an imported model with its spec as JSON.')
    .argument('<id>')
    .action(async (id: string, options: ConnectionOptions) => {
      const model = await connect(options, context.config).models.get(id, { signal });
      stdout.write(`${JSON.stringify(model, null, 2)}\n`);
    });
}
