import { readConfig } from './config.ts';
import { describeError } from './describe-error.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.ts';
import { runCli } from './program.ts';
import { readLine } from './read-line.ts';

// onnxruntime reports its use to its maker unless told otherwise; only a main thread can tell it.
process.env.ORT_DISABLE_TELEMETRY = '1';

const stop = new AbortController();
const force = new AbortController();
/** A terminal and a wrapper such as npm may both pass the same Ctrl-C on: two signals this close are one. */
const sameSignalMs = 1_000;
let stoppedAtMs = Number.NaN;

function interrupt(): void {
  const now = performance.now();
  if (!stop.signal.aborted) {
    stoppedAtMs = now;
    stop.abort();
  } else if (now - stoppedAtMs > sameSignalMs) force.abort();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
// A parent that gave us an IPC channel (a test, an editor) takes us with it when it ends.
if (process.connected) process.on('disconnect', interrupt);
// `descent ls | head` closes the pipe early; that is no failure.
process.stdout.on('error', () => process.exit(exitCodes.done));
process.stderr.on('error', () => {});

let exitCode: ExitCode = exitCodes.done;
const argv = process.argv.slice(2);
try {
  await runCli(argv, {
    config: readConfig(process.env),
    stdout: process.stdout,
    stderr: process.stderr,
    readLine: (question) => readLine(question, stop.signal),
    signal: stop.signal,
    forceSignal: force.signal,
    setExitCode(code) {
      exitCode = code;
    },
  });
} catch (error) {
  exitCode = exitCodeOf(error);
  const text = describeError(error, { json: argv.includes('--json') });
  if (text !== '') process.stderr.write(`${text}\n`);
}
process.exitCode = exitCode;
// An open IPC channel keeps the process alive.
if (process.connected) process.disconnect();
