import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Follows a job's curve and events, and times what comes back after a loss. All clocks are those of this machine. */
export function createMeasure(client) {
  const reassigned = [];
  const back = [];
  const queueBack = [];
  let jobId;
  let step = 0;
  let stop = new AbortController();
  let following = Promise.resolve();
  const heard = new Set();

  const follow = async (signal) => {
    const options = { signal, backOff: { attempts: 1_000, longestMs: 1_000 } };
    const curve = async () => {
      for await (const point of client.jobs.metrics(jobId, options)) step = point.step;
    };
    const events = async () => {
      for await (const event of client.jobs.events(jobId, options)) for (const hear of heard) hear(event);
    };
    await Promise.allSettled([curve(), events()]);
  };

  return {
    get step() {
      return step;
    },
    follow(id) {
      jobId = id;
      step = 0;
      stop = new AbortController();
      following = follow(stop.signal);
    },
    async unfollow() {
      stop.abort();
      await following;
    },
    /** From the kill to the moment at which the parameter server gave the work to others, by its own event. */
    async workerLoss(kill) {
      const killedAt = Date.now();
      let noticed;
      const hear = ({ type, time }) => {
        if (type === 'worker-left' && Date.parse(time) >= killedAt) noticed ??= Date.parse(time) - killedAt;
      };
      heard.add(hear);
      kill();
      for (let waited = 0; noticed === undefined && waited < 2_000; waited += 50) await delay(50);
      heard.delete(hear);
      // A worker between two gradient jobs has nothing that could be given to others.
      if (noticed !== undefined) reassigned.push(noticed);
    },
    /** From the kill to the first step that another incarnation applied. One that had not come to work yet counts not, but is waited for too. */
    async serverLoss(kill) {
      const before = await client.jobs.get(jobId).catch(() => undefined);
      const killedAt = Date.now();
      kill();
      if (before === undefined) return;
      const ms = await untilNextStep(client, before, killedAt);
      if (ms !== undefined && before.state === 'running') back.push(ms);
    },
    /** From the end of an outage of Redis to the next step: workers go on for a moment without it, and then need it for more work. */
    async queueLoss(outage) {
      // What does not get on before it, for the sake of the fault before, says nothing about Redis.
      const wasAtWork = (await msUntilStep(client, jobId, 1_000)) < 1_000;
      await outage();
      if (!wasAtWork) return;
      const ms = await msUntilStep(client, jobId, 30_000);
      if (ms !== undefined) queueBack.push(ms);
    },
    read: () => ({
      reassignP95Ms: p95(reassigned),
      serverBackP95Ms: p95(back),
      queueBackP95Ms: p95(queueBack),
    }),
  };
}

const isUnderWay = ({ state }) => state === 'running' || state === 'preparing' || state === 'queued';

/** Milliseconds until the job has made another step, or `longestMs`; undefined when it ends or cannot be read. */
async function msUntilStep(client, id, longestMs) {
  const begun = performance.now();
  const before = await client.jobs.get(id).catch(() => undefined);
  if (before === undefined || !isUnderWay(before)) return undefined;
  while (performance.now() - begun < longestMs) {
    await delay(50);
    const job = await client.jobs.get(id).catch(() => undefined);
    if (job !== undefined && !isUnderWay(job)) return undefined;
    if (job !== undefined && job.progress.step > before.progress.step)
      return Math.round(performance.now() - begun);
  }
  return longestMs;
}

/** Milliseconds from `since` to the first step of a later incarnation; undefined when the job ends instead. */
async function untilNextStep(client, before, since) {
  while (Date.now() - since < 30_000) {
    await delay(100);
    const job = await client.jobs.get(before.id).catch(() => undefined);
    if (job === undefined) continue;
    if (!isUnderWay(job)) return undefined;
    if (job.incarnation === before.incarnation || job.progress.step === 0 || job.state !== 'running')
      continue;
    const times = await pointTimes(client, before.id).catch(() => []);
    const first = Math.min(...times.filter((time) => time > since));
    if (Number.isFinite(first)) return first - since;
  }
  return Date.now() - since;
}

async function pointTimes(client, id) {
  const times = [];
  for (let after = 0; ; ) {
    const { data } = await client.http.GET('/v1/jobs/{id}/metrics', {
      params: { path: { id }, query: { after, limit: 10_000 } },
    });
    for (const { split, time } of data?.points ?? []) if (split === 'train') times.push(Date.parse(time));
    if (data === undefined || data.points.length < 10_000) return times;
    after = data.nextAfter;
  }
}

function p95(values) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))];
}

/** Files that nobody is writing any more. */
export function findResidue(dataDir) {
  return [join('artifacts', 'incoming'), 'uploads'].flatMap((folder) =>
    list(join(dataDir, folder)).map((name) => `file ${join(folder, name)}`),
  );
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
