import { spawn } from 'node:child_process';

/**
 * Ends the queue server when the supervisor is killed: unlike our services it has no IPC channel whose end it would
 * see. A shell reads process ids from a pipe, one a line (an empty line: none); the pipe ends with the supervisor,
 * and the shell then ends the last one. It costs one sleeping shell of about 1 MB.
 */
const script =
  'last=; while IFS= read -r pid; do last=$pid; done; [ -z "$last" ] || kill -TERM "$last" 2>/dev/null';

export interface Reaper {
  watch(pid: number | null): void;
  close(): void;
}

export function startReaper(): Reaper {
  const shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without a shell only the case of a killed supervisor suffers.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return {
    watch: (pid) => void shell.stdin.write(`${pid ?? ''}\n`),
    close: () => void shell.stdin.end('\n'),
  };
}
