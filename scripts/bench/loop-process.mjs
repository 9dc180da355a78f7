// A training loop in a process of its own (the bare loop, or PyTorch), kept warm between its measurements.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Starts one process per command. Each says one line of JSON when it is ready (`ready` is the first one's), and answers
 * `{"steps":n}` with `{"seconds":s}`.
 */
export async function startLoop(commands, { batchSize, env = {} }) {
  const processes = commands.map(([file, ...args]) => startLine(file, args, env));
  const [ready] = await Promise.all(processes.map(({ next }) => next()));
  /** Steps per second of each process while all of them do so many. */
  const run = async (steps) => {
    for (const { tell } of processes) tell({ steps });
    const answers = await Promise.all(processes.map(({ next }) => next()));
    return answers.map(({ seconds }) => steps / seconds);
  };
  let speed;
  return {
    ready,
    /** Samples per second of each process over about so many seconds. The first call warms up. */
    async measure(seconds) {
      if (speed === undefined) {
        await run(3);
        [speed] = await run(3);
      }
      const speeds = await run(Math.max(3, Math.round(speed * seconds)));
      [speed] = speeds;
      return speeds.map((each) => each * batchSize);
    },
    stop() {
      for (const { child } of processes) child.kill('SIGTERM');
    },
  };
}

function startLine(file, args, env) {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`${file} ${args[0]} ended (${signal ?? code})\n${stderr}`)),
    );
  });
  failed.catch(() => {});
  return {
    child,
    tell: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
    async next() {
      const { value, done } = await Promise.race([lines.next(), failed]);
      if (done) return failed;
      return JSON.parse(value);
    },
  };
}
