import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

export interface LeakScope {
  /** Value of DESCENT_TEST_STACK, which every process of the stack inherits. */
  readonly mark: string;
  /** Process ids that the stack has shown. */
  readonly pids: Iterable<number>;
  /** Folder in which everything of the stack lives. */
  readonly folder: string;
  readonly url: string;
}

/** Names what a stack that has stopped left behind: processes, Unix sockets, an open port. */
export async function findLeaks({ mark, pids, folder, url }: LeakScope): Promise<string[]> {
  const processes = new Set([...markedProcesses(mark), ...[...pids].filter((pid) => isOurs(pid, mark))]);
  return [
    ...[...processes].map((pid) => `process ${pid}: ${commandOf(pid)}`),
    ...socketsBelow(folder).map((path) => `socket ${path}`),
    ...((await isOpen(new URL(url))) ? [`port of ${url}`] : []),
  ];
}

/** Finds children that nobody lists, such as those of a process that was killed. Linux only; elsewhere none. */
function markedProcesses(mark: string): number[] {
  return list('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && environmentOf(pid)?.includes(mark));
}

function isOurs(pid: number, mark: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // The id may belong to somebody else by now.
  return environmentOf(pid)?.includes(mark) ?? !readable('/proc/self/environ');
}

function socketsBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isSocket())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function isOpen({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function environmentOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return undefined;
  }
}

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
