import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAnnounce } from './commands/announce.ts';
import { addClass } from './commands/class.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addDatasets } from './commands/datasets.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDownload } from './commands/download.ts';
import { addEdit } from './commands/edit.ts';
import { addExplain } from './commands/explain.ts';
import { addExport } from './commands/export.ts';
import { addFork } from './commands/fork.ts';
import { addGraph } from './commands/graph.ts';
import { addLogin } from './commands/login.ts';
import { addLogs } from './commands/logs.ts';
import { addLs } from './commands/ls.ts';
import { addMetrics } from './commands/metrics.ts';
import { addModels } from './commands/models.ts';
import { addOpen } from './commands/open.ts';
import { addPredict } from './commands/predict.ts';
import { addStatus } from './commands/status.ts';
import { addSteer } from './commands/steer.ts';
import { addSubmit } from './commands/submit.ts';
import { addTeam } from './commands/team.ts';
import { addToken } from './commands/token.ts';
import { addTop } from './commands/top.ts';
import { addTrace } from './commands/trace.ts';
import { addUp } from './commands/up.ts';
import { addWatch } from './commands/watch.ts';
import { addWebhooks } from './commands/webhooks.ts';
import { addWorker } from './commands/worker.ts';
import { addWorkers } from './commands/workers.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-code.ts';

/** Runs one command line. Throws what the command throws; a wrong command line only sets the exit code. */
export async function runCli(argv: readonly string[], context: CommandContext): Promise<void> {
  try {
    await createProgram(context).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    context.setExitCode(error.exitCode === 0 ? exitCodes.done : exitCodes.usage);
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('descent')
    .description('Self-hosted, distributed deep-learning training.')
    .version(version(), '-V, --version')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ descent demo                              start everything and train MNIST
  $ descent up                                start the service on this machine
  $ descent submit examples/mnist-mlp.json --follow
  $ descent doctor                            what is missing, what was chosen, and why

Exit codes: 0 done, 1 the job failed, 2 wrong usage, 3 the service cannot be reached or failed.`,
    );
  // Subcommands copy these settings when they are created, so they come last.
  for (const add of [
    addUp,
    addDemo,
    addSubmit,
    addLs,
    addStatus,
    addWatch,
    addTop,
    addLogs,
    addMetrics,
    addCompare,
    addTrace,
    addSteer,
    addFork,
    addEdit,
    addDownload,
    addExport,
    addPredict,
    addGraph,
    addExplain,
    addDatasets,
    addModels,
    addLogin,
    addTeam,
    addToken,
    addClass,
    addOpen,
    addWorker,
    addWorkers,
    addWebhooks,
    addAnnounce,
    addDoctor,
    addCompletion,
  ]) {
    add(program, context);
  }
  return program;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
