import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { type Check, describeChecks } from '../doctor/check.ts';
import type { CheckedPlace } from '../doctor/checks.ts';
import { exitCodes } from '../exit-code.ts';
import { wholeNumber } from '../options.ts';
import { readStackFile } from '../stack/stack-file.ts';

interface Options {
  readonly dataDir?: string;
  readonly host: string;
  readonly port: number;
  readonly json?: boolean;
}

export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('Say what is missing on this machine, what would be chosen, and why.')
    .option('-p, --port <n>', 'port that `descent up` would use', wholeNumber(0, 65_535), 7070)
    .option('--host <address>', 'address that it would listen on', '127.0.0.1')
    .option('--data-dir <dir>', 'data folder to look at (default: DESCENT_DATA_DIR, else .descent)')
    .option('--json', 'print {"ok","checks"} as one JSON line')
    .addHelpText(
      'after',
      '\nExit code 1: something that the service needs is missing.\n\nExample:\n  $ descent doctor --json',
    )
    .action(async ({ dataDir, host, port, json }: Options) => {
      const { config, signal, stdout } = context;
      const place: CheckedPlace = {
        dataDir: resolve(config.workingDir, dataDir ?? config.dataDir ?? join(config.workingDir, '.descent')),
        host,
        port,
        config,
        signal,
      };
      const look = await import('../doctor/checks.ts');
      const checks: Check[] = [
        look.checkNode(process.versions.node),
        look.checkBuild(),
        await look.checkQueue(place),
        await look.checkEngine(config),
        await look.checkDataFolder(place),
        look.checkMemory(place),
        await look.checkPort(place, readStackFile(place.dataDir)),
        await look.checkStack(place),
      ];
      const ok = checks.every(({ status }) => status !== 'missing');
      stdout.write(`${json ? JSON.stringify({ ok, checks }) : describeChecks(checks)}\n`);
      if (!ok) context.setExitCode(exitCodes.jobFailed);
    });
}
