import type { GraphKind } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { describeGraph } from '../describe-graph.ts';
import { isJobId } from '../options.ts';
import { readModelFile } from '../read-model-file.ts';

interface Options extends ConnectionOptions {
  readonly kind?: GraphKind;
  readonly json?: boolean;
}

export function addGraph(program: Command, context: CommandContext): void {
  const { stdout, signal } = context;
  withConnectionOptions(program.command('graph'))
    .description('Show the computation graph of a job or a model: operations, shapes, costs.')
    .argument('<job|file>', 'job id, or a JSON file with a model (- for standard input)')
    .addOption(
      new Option('-k, --kind <kind>', 'forward pass alone, or with loss and backward pass (default)').choices(
        ['training', 'inference'],
      ),
    )
    .option('--json', 'print the graph as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent graph job_01JD0000000000000000000000
  $ descent graph examples/lecture/three-layer-network.json --kind inference`,
    )
    .action(async (subject: string, { kind, json, ...options }: Options) => {
      const client = connect(options, context.config);
      const chosen = kind === undefined ? {} : { kind };
      const graph = isJobId(subject)
        ? await client.jobs.graph(subject, { ...chosen, signal })
        : await readModelFile(subject).then(({ model, batchSize }) =>
            client.models.graph(
              { model, ...chosen, ...(batchSize === undefined ? {} : { batch: batchSize }) },
              { signal },
            ),
          );
      stdout.write(`${json ? JSON.stringify(graph) : describeGraph(graph)}\n`);
    });
}
