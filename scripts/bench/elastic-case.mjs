// A worker that joins in the middle of a job: from its engine being ready to its first gradient that counts, and what that costs the
// other one, by the steps that it made alone. The worker is stopped for that long, then killed; its successor is the one that joins.
import { setTimeout as sleep } from 'node:timers/promises';
import { startService } from './service.mjs';
import { median, spread } from './statistics.mjs';
import { figureRow } from './targets.mjs';

/** Large steps, a few per second: the trace of the latest 64 then reaches back further than the time between two of them. */
const training = { batchSize: 512, microBatches: 16 };
/** Steps that begin so many lone ones after the first gradient still count as the cost of joining. */
const settlingSteps = 4;
/** A stopped worker is missed after 2 s. */
const missedMs = 2_500;
const aloneMs = 3_000;

export async function elasticCase({ files, quick, log }) {
  const joins = [];
  for (let repeat = 0; repeat < (quick ? 1 : 3); repeat++) {
    const service = await startService({ files, workers: 2, processes: 'separate' });
    try {
      joins.push(await joinOnce(service));
      log(`elastic: ${JSON.stringify(joins.at(-1))}`);
    } finally {
      await service.stop();
    }
  }
  const seconds = joins.map((join) => join.seconds);
  const costs = joins.map((join) => join.costInSteps);
  return {
    rows: [
      figureRow('elastic', 'seconds', median(seconds), { spread: spread(seconds) }),
      figureRow('elastic', 'steps', median(costs), { spread: spread(costs) }),
    ],
    raw: joins,
  };
}

async function joinOnce({ submit, client, stack }) {
  const { id } = await submit('cnn', { epochs: 100_000, maxWorkers: 2, training });
  while ((await client.jobs.get(id)).progress.step < 8) await sleep(100);
  stack.kill('worker-2', 'SIGSTOP');
  await sleep(missedMs);
  const aloneFrom = Date.now();
  await sleep(aloneMs);
  const aloneTo = Date.now();
  await stack.replace('worker-2');
  const readyMs = Date.now();
  let first;
  while (first === undefined) {
    await sleep(500);
    if (Date.now() - readyMs > 30_000) throw new Error('the joiner sends nothing that counts');
    first = firstGradient(await client.jobs.trace(id), 'worker-2.2');
  }
  await client.jobs.cancel(id);
  const marks = [];
  for await (const { split, time } of client.jobs.metrics(id))
    if (split === 'train') marks.push(Date.parse(time));
  const gaps = marks.slice(1).map((mark, index) => ({ mark, ms: mark - marks[index] }));
  const between = (from, to) => gaps.filter(({ mark }) => mark > from && mark < to).map(({ ms }) => ms);
  const alone = median(between(aloneFrom, aloneTo));
  const longest = Math.max(...between(readyMs, first + settlingSteps * alone));
  return {
    seconds: (first - readyMs) / 1000,
    aloneStepMs: alone,
    longestStepMs: longest,
    usualStepMs: median(between(first, Number.POSITIVE_INFINITY)),
    costInSteps: Number((longest / alone - 1).toFixed(2)),
  };
}

/** When the first gradient of this worker was taken, as far as the trace goes back. */
function firstGradient({ otherData, traceEvents }, worker) {
  const row = traceEvents.find(({ ph, args }) => ph === 'M' && args.name === `${worker}, sending`)?.tid;
  const ends = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === row).map(({ ts, dur }) => ts + dur);
  return ends.length === 0 ? undefined : Date.parse(otherData.startedAt) + Math.min(...ends) / 1000;
}
