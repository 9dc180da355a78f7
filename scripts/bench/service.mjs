// The whole service, as `descent up` starts it, with the data of the benchmarks uploaded, and jobs measured on it.
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '@descent/testkit';
import { startLink } from './link.mjs';
import { jobOf, workloads } from './workloads.mjs';

/** Before a measurement: programs are compiled, caches filled. */
const warmUpSeconds = 2;

/**
 * @param options.link `{ bytesPerSecond }`: the gradient channel runs through a token bucket, or is only counted when
 *   it is Infinity; left out, workers reach the parameter server directly.
 * @param options.processes `one`, as users have it by default, or `separate`; through a link only the latter has a channel to count.
 */
export async function startService({
  files,
  workers,
  env = {},
  link,
  processes = link === undefined ? 'one' : 'separate',
}) {
  const folder = mkdtempSync(join(tmpdir(), 'descent-bench-'));
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  const bucket =
    link &&
    (await startLink({
      listen: join(folder, 'link.sock'),
      target: join(dataDir, 'run', 'channel.sock'),
      ...link,
    }));
  const stack = await startStack({
    workers,
    dataDir,
    processes,
    env: { ...(bucket && { DESCENT_CHANNEL_ADVERTISED_ADDRESS: `unix:${bucket.path}` }), ...env },
  }).catch(async (error) => {
    await bucket?.close();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const { client } = stack;
  const datasets = new Map();

  const datasetOf = async (name) => {
    if (!datasets.has(name)) {
      const { id } = await client.datasets.create(`bench ${name}`);
      await client.datasets.upload(id, createReadStream(files[name]), { fileName: `${name}.npz` });
      datasets.set(name, id);
    }
    return datasets.get(name);
  };

  const submit = async (name, { epochs, maxWorkers, training }) =>
    client.jobs.create(
      jobOf(name, { dataset: await datasetOf(workloads[name].data), epochs, maxWorkers, training }),
    );

  return {
    stack,
    client,
    link: bucket,
    submit,
    /** Runs a job of so many epochs (64 steps each) to its end. */
    async train(name, settings) {
      const { id } = await submit(name, settings);
      const job = await client.jobs.waitUntilEnded(id);
      if (job.state !== 'succeeded') throw new Error(`the job of ${name} ${job.state}: ${job.reason}`);
      return job;
    },
    /**
     * Samples per second over about so many seconds of a job that is cancelled then, and where the time of its latest
     * steps went. Nobody follows it meanwhile; the times are those of its metric points.
     */
    async measure(name, seconds, { maxWorkers, training }) {
      const { id, request } = await submit(name, { epochs: 100_000, maxWorkers, training });
      const started = performance.now();
      while ((await client.jobs.get(id)).progress.step === 0) {
        const { state, reason } = await client.jobs.get(id);
        if (state === 'failed') throw new Error(`the job of ${name} failed: ${reason}`);
        if (performance.now() - started > 60_000) throw new Error(`the job of ${name} does not start`);
        await sleep(100);
      }
      await sleep((warmUpSeconds + seconds) * 1000);
      await client.jobs.cancel(id);
      const points = [];
      for await (const { step, split, time } of client.jobs.metrics(id))
        if (split === 'train') points.push({ step, ms: Date.parse(time) });
      const from = points.find(({ ms }) => ms >= points[0].ms + warmUpSeconds * 1000);
      const to = points.at(-1);
      if (from === undefined || from === to)
        throw new Error(`the job of ${name} made ${points.length} steps in ${seconds} s`);
      const samples = (to.step - from.step) * request.training.batchSize;
      const { timing } = await client.jobs.get(id);
      return { samplesPerSecond: (samples * 1000) / (to.ms - from.ms), timing };
    },
    async stop() {
      await stack.stop();
      await bucket?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
