import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, startProxy, startStack } from '@descent/testkit';
import { faults } from './faults.mjs';
import { chaosJob } from './jobs.mjs';
import { createMeasure, findResidue } from './measure.mjs';
import { startRedis } from './redis.mjs';
import { watchProcesses } from './watch-processes.mjs';

/** What a dead worker had taken stays until its lock has run out and somebody has looked: 15 s. */
const queueEmptyWithinMs = 20_000;
const reassignWithinMs = 1_000;
const serverBackWithinMs = 5_000;
const queueBackWithinMs = 5_000;
/** A job must end this long after the last fault. */
const endWithinMs = 180_000;
/** Per process and 1,000 steps of a soak. */
const slopeWithinMb = 1;

const collectGarbage = new URL('collect-garbage.mjs', import.meta.url).href;

/** Runs jobs one after the other under faults; the first one runs undisturbed on one worker and says what must come out. */
export async function createChaos({ seed, minutes, workers, kinds, large, soakSteps, seriesFile, tell }) {
  const random = createRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'descent-chaos-'));
  let isKept = false;
  process.on('exit', () => isKept || rmSync(folder, { recursive: true, force: true }));
  const request = chaosJob({ large, soakSteps });
  const problems = [];
  const counts = {};
  const leaks = [];
  const redis = await startRedis(join(folder, 'redis'));
  // Where `descent up` puts the socket of its parameter server.
  // With numbers of its own: how many it draws depends on what passes, and the faults must not.
  const proxy = await startProxy(
    { path: join(folder, 'data', 'run', 'channel.sock') },
    createRandom(seed + 1).next,
  );
  const options = (count) => ({
    workers: count,
    dataDir: join(folder, 'data'),
    env: {
      REDIS_URL: redis.url,
      DESCENT_CHANNEL_ADVERTISED_ADDRESS: `tcp:127.0.0.1:${proxy.port}`,
      DESCENT_CHANNEL_CHECKSUM: '1',
      ...(soakSteps === undefined ? {} : { NODE_OPTIONS: `--import ${collectGarbage}` }),
    },
  });
  const stop = async (stack) => {
    try {
      await stack.stop();
    } catch (error) {
      leaks.push(error.message);
    }
  };

  const runUndisturbed = async () => {
    tell(`seed ${seed}: one undisturbed run on one worker`);
    const stack = await startStack(options(1));
    const { id } = await stack.client.jobs.create(request);
    const job = await stack.client.jobs.waitUntilEnded(id);
    await stop(stack);
    if (job.state !== 'succeeded') throw new Error(`the undisturbed run ${job.state}: ${job.reason}`);
    return job;
  };

  let expected;
  let soak = {};
  let measure;
  try {
    // Without faults there is nothing to compare with.
    if (kinds.length > 0) expected = await runUndisturbed();

    const stack = await startStack(options(workers));
    const { client } = stack;
    const isSoak = soakSteps !== undefined;
    // A supervisor waits longer before each start of a process that ends again and again: recovery is that of one that was well.
    const pauseMs = isSoak ? [5_000, 30_000] : large ? [10_000, 20_000] : [500, 3_000];
    // A soak is over with its job.
    const end = isSoak ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
    measure = createMeasure(client);
    const running = () => [
      ...stack.processes().filter(({ phase, pid }) => phase === 'running' && pid !== null),
      { name: 'supervisor', pid: stack.pid },
      { name: 'redis', pid: redis.pid },
    ];
    const watcher = isSoak ? watchProcesses(running, () => measure.step) : undefined;
    let begun = 0;
    while (performance.now() < end && !(isSoak && begun > 0)) {
      begun++;
      const forks = [];
      const job = await untilAnswered(() =>
        client.jobs.create(request, { idempotencyKey: `chaos-${seed}-${begun}` }),
      );
      measure.follow(job.id);
      const world = {
        stack,
        redis,
        proxy,
        random,
        client,
        jobId: job.id,
        measure,
        forks,
        isLong: minutes >= 5,
      };
      const ended = client.jobs.waitUntilEnded(job.id, {
        ...(isSoak ? {} : { signal: AbortSignal.timeout(minutes * 60_000 + endWithinMs) }),
        backOff: { attempts: 1_000, longestMs: 1_000 },
      });
      let isOver = false;
      const settled = ended.then(
        () => {
          isOver = true;
        },
        () => {
          isOver = true;
        },
      );
      while (!isOver && performance.now() < end) {
        const pause = random.between(...pauseMs);
        await Promise.race([settled, delay(pause)]);
        if (isOver || kinds.length === 0) continue;
        const kind = random.pick(kinds);
        tell(`step ${measure.step}: ${kind}`);
        try {
          await faults[kind](world);
          counts[kind] = (counts[kind] ?? 0) + 1;
        } catch (error) {
          // A process that the last fault took is not there to be hit.
          if (!/has no process|ESRCH/.test(error.message)) problems.push(`${kind}: ${error.message}`);
        }
      }
      for (const one of [job.id, ...forks]) {
        const patience = {
          signal: AbortSignal.timeout(endWithinMs),
          backOff: { attempts: 1_000, longestMs: 1_000 },
        };
        const last = await client.jobs.waitUntilEnded(one, patience).catch((error) => ({
          id: one,
          state: `not ended: ${error.message}`,
          receipt: {},
          progress: { steps: 0 },
        }));
        expected ??= last;
        problems.push(...compare(last, expected));
        problems.push(...(await checkCurve(client, one, expected, one === job.id)));
      }
      await measure.unfollow();
    }
    soak = watcher?.stop() ?? {};
    if (seriesFile !== undefined) watcher?.write(seriesFile);
    const keys = await gradientJobsLeft(redis);
    await stop(stack);
    leaks.push(...findResidue(join(folder, 'data')));
    if (keys > 0) leaks.push(`${keys} gradient jobs on the queue`);
  } catch (error) {
    problems.push(error.stack ?? String(error));
  } finally {
    await proxy.close();
    await redis.stop();
  }

  const { reassignP95Ms, serverBackP95Ms, queueBackP95Ms } = measure?.read() ?? {};
  if (reassignP95Ms > reassignWithinMs)
    problems.push(`a lost worker's work was given out after ${reassignP95Ms} ms`);
  if (serverBackP95Ms > serverBackWithinMs)
    problems.push(`after the loss of the server ${serverBackP95Ms} ms went by`);
  if (queueBackP95Ms > queueBackWithinMs) problems.push(`after Redis was back ${queueBackP95Ms} ms went by`);
  if (soak.memorySlopeMb > slopeWithinMb)
    problems.push(`memory grew by ${soak.memorySlopeMb} MB per 1,000 steps`);
  for (const text of [...problems, ...leaks]) tell(`NOT AS PROMISED: ${text}`);
  if (problems.length + leaks.length > 0) {
    isKept = true;
    tell(`Logs and data stay in ${folder}`);
  }
  const none = (pattern) => !problems.some((text) => pattern.test(text));
  return {
    ok: problems.length === 0 && leaks.length === 0,
    seed,
    faults: counts,
    hashEqual: expected !== undefined && none(/weights|did not succeed/),
    appliedOnce: expected !== undefined && none(/ledger|curve|did not succeed/),
    samplesOnce: expected !== undefined && none(/ledger|did not succeed/),
    reassignP95Ms: reassignP95Ms ?? null,
    serverBackP95Ms: serverBackP95Ms ?? null,
    queueBackP95Ms: queueBackP95Ms ?? null,
    ...soak,
    leaks: leaks.length,
  };
}

function compare(job, expected) {
  if (job.state !== 'succeeded') return [`job ${job.id} did not succeed: ${job.state} ${job.reason ?? ''}`];
  const problems = [];
  if (job.receipt.weightsHash !== expected.receipt.weightsHash)
    problems.push(`job ${job.id} has other weights`);
  // Samples, loss and metrics of every step: a sample that counted twice or never would show here.
  if (job.receipt.ledgerHash !== expected.receipt.ledgerHash)
    problems.push(`job ${job.id} has another ledger`);
  return problems;
}

/** Every step has its point once and in order; a fork begins at its checkpoint. */
async function checkCurve(client, id, expected, isWhole) {
  const steps = [];
  try {
    for await (const { split, step } of client.jobs.metrics(id)) if (split === 'train') steps.push(step);
  } catch (error) {
    return [`the curve of job ${id} cannot be read: ${error.message}`];
  }
  const first = isWhole ? 1 : (steps[0] ?? 1);
  const whole = Array.from({ length: expected.progress.steps - first + 1 }, (_, index) => first + index);
  return steps.join() === whole.join()
    ? []
    : [`the curve of job ${id} has ${steps.length} points of ${whole.length}`];
}

async function untilAnswered(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!error.entry?.retryable) throw error;
      await delay(250);
    }
  }
}

/** Workers hand in their last gradient jobs, and find out that others are over, within a moment of the end of a job; dead ones do not. */
async function gradientJobsLeft(redis) {
  const end = performance.now() + queueEmptyWithinMs;
  for (;;) {
    const keys = await redis.command('KEYS', '*:gradients:job_*').catch(() => []);
    if (keys.length === 0 || performance.now() > end) return keys.length;
    await delay(200);
  }
}
