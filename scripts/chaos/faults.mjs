import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startExtraWorkers } from './extra-workers.mjs';

/**
 * Each fault breaks something and mends it again; it resolves when that is done. `world` is the chaos at work: `stack`,
 * `redis`, `proxy`, `random`, `client`, `jobId`, `isLong` (outages of a minute are worth their time), `measure`.
 */
const killers = {
  async 'worker-kill'({ stack, random, measure }) {
    const name = random.pick(liveWorkers(stack));
    if (name !== undefined) await measure.workerLoss(() => stack.kill(name));
  },
  async 'worker-term'({ stack, random }) {
    const name = random.pick(liveWorkers(stack));
    if (name !== undefined) stack.kill(name, 'SIGTERM');
  },
  async 'worker-stop'({ stack, random, isLong }) {
    const name = random.pick(liveWorkers(stack));
    if (name === undefined) return;
    const pid = stack.kill(name, 'SIGSTOP');
    await delay(isLong ? 60_000 : 3_000);
    signal(pid, 'SIGCONT');
  },
  /** Nothing it asks for is given any more; one that asks for nothing is ended as the kernel does. */
  async 'worker-out-of-memory'({ stack, random }) {
    const name = random.pick(liveWorkers(stack));
    if (name === undefined) return;
    const { pid } = stack.processes().find((row) => row.name === name);
    execFileSync('prlimit', ['--pid', String(pid), '--as=1:1']);
    const isThere = () => stack.processes().some((row) => row.pid === pid);
    for (let waited = 0; isThere() && waited < 8_000; waited += 100) await delay(100);
    if (isThere()) signal(pid, 'SIGKILL');
  },
  async 'eight-join'({ stack, random }) {
    const name = random.pick(liveWorkers(stack));
    if (name === undefined) return;
    const { pid } = stack.processes().find((row) => row.name === name);
    const extra = startExtraWorkers(pid, 8);
    await delay(10_000);
    await extra.stop();
  },
  async 'workers-gone'({ stack }) {
    for (const name of liveWorkers(stack)) stack.kill(name);
  },
  async 'server-kill'({ measure, stack }) {
    await measure.serverLoss(() => stack.kill('parameter-server'));
  },
  async 'server-term'({ stack }) {
    stack.kill('parameter-server', 'SIGTERM');
  },
  async 'server-stop'({ stack }) {
    const pid = stack.kill('parameter-server', 'SIGSTOP');
    await delay(4_000);
    signal(pid, 'SIGCONT');
  },
  async 'api-kill'({ stack }) {
    stack.kill('api');
  },
  async 'api-term'({ stack }) {
    stack.kill('api', 'SIGTERM');
  },
};

const outages = {
  'redis-kill': ({ redis }) => redis.outage(0),
  'redis-outage': ({ redis, random, isLong }) =>
    redis.outage(random.pick(isLong ? [3_000, 10_000, 60_000] : [3_000])),
  'redis-emptied': ({ redis }) => redis.outage(500, { empty: true }),
  async 'redis-flushall'({ redis }) {
    await redis.command('FLUSHALL');
  },
  async 'redis-pause'({ redis, isLong }) {
    if (!redis.isReal) return;
    const ms = isLong ? 20_000 : 3_000;
    await redis.command('CLIENT', 'PAUSE', String(ms), 'ALL');
    await delay(ms);
  },
  async 'redis-full'({ redis }) {
    if (!redis.isReal) return;
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await delay(3_000);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
  },
};
const redis = Object.fromEntries(
  Object.entries(outages).map(([kind, outage]) => [
    kind,
    (world) => world.measure.queueLoss(() => outage(world)),
  ]),
);

const storage = {
  /** The file is damaged and the parameter server made to read it. */
  'checkpoint-truncated': (world) => damageNewest(world, (file, bytes) => truncateSync(file, bytes >> 1)),
  'checkpoint-flipped': (world) =>
    damageNewest(world, (file, bytes) => {
      const content = readFileSync(file);
      content[Math.floor(bytes * 0.7)] ^= 4;
      writeFileSync(file, content);
    }),
  /** Every write fails: where temporary files go there is no folder any more. */
  async 'disk-error'({ stack }) {
    const incoming = join(stack.dataDir, 'artifacts', 'incoming');
    const aside = `${incoming}.aside`;
    renameSync(incoming, aside);
    writeFileSync(incoming, '');
    await delay(3_000);
    // The api makes the folder anew when it is started meanwhile.
    rmSync(incoming, { recursive: true, force: true });
    renameSync(aside, incoming);
  },
};

const network = {
  async 'bytes-corrupted'({ proxy }) {
    proxy.line.corrupt = 0.05;
    await delay(3_000);
    proxy.line.corrupt = 0;
  },
  async 'network-delay'({ proxy }) {
    proxy.line.delayMs = 500;
    await delay(3_000);
    proxy.line.delayMs = 0;
  },
  async 'slow-reader'({ proxy }) {
    proxy.line.bytesPerSecond = 1_024;
    await delay(3_000);
    proxy.line.bytesPerSecond = Number.POSITIVE_INFINITY;
  },
  async 'half-open'({ proxy }) {
    proxy.halfOpen();
  },
  async 'worker-partitioned'({ proxy, stack, random, isLong }) {
    const name = random.pick(liveWorkers(stack));
    if (name === undefined) return;
    const worker = nameOf(stack, name);
    proxy.partition(worker, true);
    await delay(isLong ? 10_000 : 4_000);
    proxy.partition(worker, false);
  },
};

const users = {
  async 'pause-resume'({ client, jobId, random }) {
    await client.jobs.pause(jobId).catch(isConflict);
    for (let tries = 0; tries < 100; tries++) {
      await delay(100 + random.next());
      const job = await client.jobs.get(jobId).catch(() => undefined);
      if (job?.state === 'paused') await client.jobs.resume(jobId).catch(() => {});
      else if (job !== undefined && job.reason !== 'Pausing on request') return;
    }
  },
  async fork({ client, jobId, forks }) {
    const fork = await client.jobs.fork(jobId).catch(() => undefined);
    if (fork !== undefined) forks.push(fork.id);
  },
};

export const faults = { ...killers, ...redis, ...storage, ...network, ...users };
export const faultKinds = Object.keys(faults);

function liveWorkers(stack) {
  return stack
    .processes()
    .filter(({ name, phase, pid }) => name.startsWith('worker') && phase === 'running' && pid !== null)
    .map(({ name }) => name);
}

/** What the process calls itself: each start has a name of its own. */
function nameOf(stack, part) {
  const { starts } = stack.processes().find(({ name }) => name === part);
  return starts === 1 ? part : `${part}.${starts}`;
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // Its supervisor ended it meanwhile.
  }
}

async function damageNewest({ client, jobId, stack }, damage) {
  const [newest] = await client.jobs.checkpoints(jobId).catch(() => []);
  if (newest === undefined) return;
  const { hash, bytes } = newest;
  const file = join(stack.dataDir, 'artifacts', hash.slice(0, 2), hash.slice(2, 4), hash);
  if (!existsSync(file)) return;
  damage(file, bytes);
  stack.kill('parameter-server');
}

function isConflict(error) {
  if (error.code !== 'JOB_STATE_CONFLICT' && error.code !== 'UNAVAILABLE') throw error;
}
