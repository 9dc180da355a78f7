import { existsSync } from 'node:fs';
import { access, constants, mkdtemp, rm, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { EngineDescription } from '@descent/engines';
import { DescentError, isDescentError } from '@descent/errors';
import { planQueueServer, waitUntilReady } from '@descent/queue';
import type { CliConfig } from '../config.ts';
import { decimal } from '../format.ts';
import { messageOf } from '../stack/data-folder.ts';
import { isPortFree } from '../stack/free-port.ts';
import { serviceMain } from '../stack/parts.ts';
import { readStackFile, type StackFile } from '../stack/stack-file.ts';
import type { Check } from './check.ts';

const gibibyte = 2 ** 30;
const oldestNode = [20, 15] as const;
const services = ['api', 'parameter-server', 'worker', 'trainer'] as const;

export interface CheckedPlace {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly config: CliConfig;
  readonly signal: AbortSignal;
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return {
    name: 'Node',
    status: isNew ? 'ok' : 'missing',
    found: version,
    why: isNew ? '' : `Descent needs ${oldestNode.join('.')} or newer`,
  };
}

export function checkBuild(): Check {
  const missing = services.filter((name) => !existsSync(serviceMain(name)));
  const isBuilt = missing.length === 0;
  return {
    name: 'build',
    status: isBuilt ? 'ok' : 'missing',
    found: isBuilt ? services.join(', ') : `without ${missing.join(', ')}`,
    why: isBuilt ? '' : 'Run `npm run build`',
  };
}

/** What `descent up` would choose; its folder is made elsewhere, so that looking changes nothing. */
export async function checkQueue({ dataDir, config, signal }: CheckedPlace): Promise<Check> {
  const name = 'queue';
  const scratch = await mkdtemp(join(config.temporaryDir, 'descent-doctor-'));
  try {
    const { redisUrl, env } = config;
    const plan = await planQueueServer({ dataDir: scratch, redisUrl, path: env.PATH });
    const why = plan.note.replaceAll(scratch, dataDir).replace(/^queue: /, '');
    if (plan.kind !== 'external') {
      return { name, status: plan.kind === 'embedded' ? 'note' : 'ok', found: plan.kind, why };
    }
    await waitUntilReady(plan.url, { timeoutMs: 3_000, signal });
    return { name, status: 'ok', found: plan.kind, why };
  } catch (error) {
    signal.throwIfAborted();
    return { name, status: 'missing', found: messageOf(error), why: adviceOf(error) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What a worker with this environment would compute with, and what the others lack. */
export async function checkEngine({ env }: CliConfig): Promise<Check> {
  const name = 'engine';
  // Loaded here alone: the other commands start faster without it.
  const { describeEngines, readEngineChoice } = await import('@descent/engines');
  try {
    const ways = await describeEngines(readEngineChoice(env));
    const chosen = ways.find(({ state }) => state === 'chosen');
    const why = ways.filter((way) => way !== chosen).map(describeWay);
    if (chosen === undefined) {
      return { name, status: 'missing', found: 'none of those asked for can be used', why: why.join('\n') };
    }
    const found = `${chosen.engine} on ${chosen.device} (${chosen.reason})`;
    const order = 'the first that can be used of those asked for with DESCENT_ENGINE and DESCENT_DEVICE';
    return { name, status: 'ok', found, why: [order, ...why].join('\n') };
  } catch (error) {
    return { name, status: 'missing', found: messageOf(error), why: adviceOf(error) };
  }
}

function describeWay({ engine, device, backend, state, reason }: EngineDescription): string {
  const way = `${engine} on ${device}${backend === null ? '' : ` by ${backend}`}`;
  return state === 'usable' ? `also ${way} (${reason})` : `not ${way}: ${reason}`;
}

export async function checkDataFolder({ dataDir }: CheckedPlace): Promise<Check> {
  const name = 'data folder';
  // One that is not there yet is made in the nearest folder above it that is.
  let nearest = dataDir;
  while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest);
  try {
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { message, entry } = new DescentError('DATA_DIR_UNUSABLE', { dataDir, problem: messageOf(error) });
    return { name, status: 'missing', found: message, why: entry.advice };
  }
  const { bavail, bsize } = await statfs(nearest);
  const freeGibibytes = (bavail * bsize) / gibibyte;
  const isLow = freeGibibytes < 2;
  return {
    name,
    status: isLow ? 'note' : 'ok',
    found: `${dataDir}, ${decimal(freeGibibytes)} GiB free`,
    why: isLow ? 'Data sets and checkpoints need room: less than 2 GiB is little' : '',
  };
}

export function checkMemory({ config }: CheckedPlace): Check {
  // A container's limit, where there is one, is the truth; Node gives a huge number where there is none.
  const limit = Math.min(process.constrainedMemory() || totalmem(), totalmem());
  const gibibytes = Math.min(limit, freemem()) / gibibyte;
  const isLow = gibibytes < 1;
  return {
    name: 'machine',
    status: isLow ? 'note' : 'ok',
    found: `${config.cores} cores, ${decimal(gibibytes)} of ${decimal(limit / gibibyte)} GiB memory free`,
    why: isLow ? 'The service itself takes about 0.5 GiB, each worker 0.15 GiB and its model' : '',
  };
}

export async function checkPort({ host, port }: CheckedPlace, stack: StackFile | null): Promise<Check> {
  const name = 'port';
  if (await isPortFree(host, port))
    return { name, status: 'ok', found: `${port} of ${host} is free`, why: '' };
  const isOurs = stack !== null && new URL(stack.url).port === String(port);
  return {
    name,
    status: isOurs ? 'ok' : 'note',
    found: `${port} of ${host} is taken${isOurs ? ' by the service below' : ''}`,
    why: isOurs ? '' : 'Choose another with --port',
  };
}

export async function checkStack({ dataDir, signal }: CheckedPlace): Promise<Check> {
  const name = 'service';
  const stack = readStackFile(dataDir);
  if (stack === null) {
    return {
      name,
      status: 'note',
      found: 'none runs on this data folder',
      why: 'Start it with `descent up`',
    };
  }
  const found = `${stack.url}, process ${stack.pid}, ${stack.workers} workers, queue ${stack.queue}`;
  try {
    const response = await fetch(`${stack.url}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(3_000)]),
    });
    if (response.ok) return { name, status: 'ok', found, why: `ready since ${stack.startedAt}` };
    const body = (await response.json()) as { message?: string };
    return { name, status: 'missing', found, why: `not ready: ${body.message ?? response.status}` };
  } catch (error) {
    signal.throwIfAborted();
    return { name, status: 'missing', found, why: `its api does not answer: ${messageOf(error)}` };
  }
}

function adviceOf(error: unknown): string {
  return isDescentError(error) ? error.entry.advice : '';
}
