import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Starts workers beside those of the stack, all at once: each as the process `pid` was started, by another name. */
export function startExtraWorkers(pid, count) {
  const read = (file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
  const [command, ...args] = read('cmdline');
  const environment = Object.fromEntries(
    read('environ').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  // The channel to a supervisor that these do not have.
  delete environment.NODE_CHANNEL_FD;
  const children = Array.from({ length: count }, (_, index) =>
    spawn(command, args, {
      env: { ...environment, DESCENT_NAME: `extra-${pid}-${index + 1}` },
      stdio: 'ignore',
    }),
  );
  return {
    async stop() {
      const ended = children.map((child) => child.exitCode ?? once(child, 'exit'));
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(ended);
    },
  };
}
