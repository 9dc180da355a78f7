import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DescentError } from '@descent/errors';
import { planQueueServer, type QueueServerPlan, waitUntilReady } from '@descent/queue';
import { createLauncher, type Launcher } from '../supervisor/process-launcher.ts';
import { startReaper } from '../supervisor/reaper.ts';
import { runSupervisor } from '../supervisor/run-supervisor.ts';
import type { StackState } from '../supervisor/stack-state.ts';
import { createChannelFolder } from './channel-folder.ts';
import {
  createDataFolder,
  type DataFolder,
  readText,
  serviceToken,
  writePrivateFile,
} from './data-folder.ts';
import { requireFreePort } from './free-port.ts';
import { takeLock } from './lock.ts';
import { stackParts } from './parts.ts';
import type { ProcessRow, StackFile } from './stack-file.ts';

export interface StackOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly workers: number;
  /** Parameter server and workers as processes of their own. */
  readonly separate: boolean;
  /** `host:port` by which workers of other machines reach this one. */
  readonly workerAddress?: string | undefined;
  readonly redisUrl: string | undefined;
  /** The environment of the user, passed on to every process. */
  readonly env: NodeJS.ProcessEnv;
  readonly temporaryDir: string;
  tell(text: string): void;
  /** Ends the start, or the stack that runs. */
  readonly signal: AbortSignal;
  /** Ends every process without waiting for it. */
  readonly forceSignal: AbortSignal;
}

export interface Stack {
  readonly url: string;
  readonly token: string | null;
  readonly queue: QueueServerPlan;
  readonly folder: DataFolder;
  /** Stops every part in order; resolves when none is left, within 10 s. Also after the signal did it. */
  stop(): Promise<void>;
  readonly stopped: Promise<void>;
}

/**
 * Starts the whole service on this machine and resolves when every part is ready.
 * @throws DescentError STACK_RUNNING, PORT_IN_USE, DATA_DIR_UNUSABLE, QUEUE_UNREACHABLE, STACK_START_FAILED; the
 * reason of the signal when it aborts the start. No process is left in any of these cases.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { host, signal, tell } = options;
  const folder = createDataFolder(options.dataDir);
  const lock = takeLock(folder.lockFile, folder.path);
  const cleanUp: (() => void)[] = [() => lock.release()];
  const leave = () => {
    for (const undo of cleanUp.splice(0).reverse()) undo();
  };
  try {
    await requireFreePort(host, options.port);
    const queue = await planQueueServer({
      dataDir: folder.path,
      redisUrl: options.redisUrl,
      path: options.env.PATH,
    });
    if (queue.command === null) await waitUntilReady(queue.url, { signal });
    else cleanUp.push(() => removeSocket(queue.url, folder.path));
    const channel = createChannelFolder(folder.path, options.temporaryDir);
    cleanUp.push(() => channel.remove());

    let apiUrl: string | null = null;
    let port = options.port;
    const parts = stackParts({
      env: options.env,
      dataDir: folder.path,
      cacheDir: folder.cache,
      host,
      port: () => port,
      apiUrl: () => loopback(apiUrl ?? ''),
      channelAddress: channel.address,
      serviceToken: serviceToken(folder),
      queue,
      workers: options.workers,
      workerAddress: options.workerAddress,
      separate: options.separate,
    });
    const reaper = startReaper();
    cleanUp.push(() => reaper.close());
    const launcher = createLauncher({
      parts,
      logDir: folder.logs,
      clock: () => performance.now(),
      tell,
      onReady(name, message) {
        if (name !== 'api') return;
        apiUrl = readyUrl(message);
        // A restarted api must be found where the first one was.
        port = Number(new URL(apiUrl).port);
      },
      onUnleashed: (pid) => reaper.watch(pid),
    });
    cleanUp.push(() => launcher.close());
    cleanUp.push(() => rmSync(folder.processFile, { force: true }));

    const supervisor = runSupervisor(parts, {
      spawn: launcher.spawn,
      signal: launcher.signal,
      tell,
      changed(state) {
        try {
          writePrivateFile(folder.processFile, processTable(state, launcher));
        } catch {
          // A full disk must not stop the supervisor; the file is for people and tests.
        }
      },
      setTimer(callback, afterMs) {
        const timer = setTimeout(callback, afterMs);
        return { clear: () => clearTimeout(timer) };
      },
    });
    signal.addEventListener('abort', () => supervisor.stop(), { once: true });
    options.forceSignal.addEventListener('abort', () => supervisor.force(), { once: true });
    if (signal.aborted) supervisor.stop();

    const failure = await Promise.race([supervisor.up, supervisor.finished]);
    if (failure !== undefined) {
      signal.throwIfAborted();
      throw new DescentError('STACK_START_FAILED', failure ?? { part: 'it', problem: 'was stopped' });
    }
    const url = apiUrl ?? '';
    const token = readText(folder.bootstrapTokenFile);
    const { pid } = process;
    const file: StackFile = {
      url: loopback(url),
      token,
      pid,
      queue: queue.kind,
      workers: options.workers,
      startedAt: new Date().toISOString(),
    };
    writePrivateFile(folder.stackFile, `${JSON.stringify(file, null, 2)}\n`);
    cleanUp.push(() => rmSync(folder.stackFile, { force: true }));

    const stopped = supervisor.finished.then(leave);
    const stop = () => {
      supervisor.stop();
      return stopped;
    };
    return { url: loopback(url), token, queue, folder, stop, stopped };
  } catch (error) {
    leave();
    throw error;
  }
}

/** A killed queue server leaves its socket; one outside the data folder has a folder of its own there. */
function removeSocket(url: string, dataDir: string): void {
  const socket = url.replace(/^unix:/, '');
  if (socket === url) return;
  const place = dirname(socket);
  if (place.startsWith(`${dataDir}/`)) rmSync(socket, { force: true });
  else rmSync(place, { recursive: true, force: true });
}

function processTable({ parts }: StackState, launcher: Launcher): string {
  const rows = parts.map(
    ({ plan, state, starts }): ProcessRow => ({
      name: plan.name,
      pid: launcher.pid(plan.name),
      phase: state.phase,
      starts,
    }),
  );
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function readyUrl(message: unknown): string {
  if (
    typeof message === 'object' &&
    message !== null &&
    'url' in message &&
    typeof message.url === 'string'
  ) {
    return message.url;
  }
  throw new Error('the ready message of the api holds no url');
}

/** Where to reach from this machine what listens on every address. */
function loopback(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:').replace(/\/$/, '');
}
