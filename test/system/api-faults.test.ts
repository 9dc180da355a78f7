import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobCreate } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { type Stack, startStack, whenStep } from '@descent/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const job: JobCreate = {
  model: {
    inputs: { image: { shape: [28, 28, 1] } },
    layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  data: { dataset: 'builtin:mnist', train: 'test', inputs: { image: { columns: ['image'] } } },
  training: { epochs: 8, batchSize: 200, microBatches: 2, optimizer: { type: 'sgd', learningRate: 1e-5 } },
};
/** 10,000 samples, 8 times. */
const steps = 400;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 1 });
});
afterAll(() => stack?.stop());

async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isDescentError(error) || !error.entry.retryable) throw error;
      await delay(50);
    }
  }
}

/** Names of the files below a folder of the api. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(stack.dataDir, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

test('an api killed while events and points stream: its readers go on after the last one and miss nothing', async () => {
  const { id } = await stack.client.jobs.create(job);
  const collect = async (rows: AsyncGenerator<{ sequence: number }>) => {
    const sequences: number[] = [];
    for await (const { sequence } of rows) sequences.push(sequence);
    return sequences;
  };
  const events = collect(stack.client.jobs.events(id));
  const points = collect(stack.client.jobs.metrics(id));
  await whenStep(stack.client, id, steps / 4);
  await stack.replace('api');
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  expect(await points).toEqual(upTo(steps));
  const seen = await events;
  expect(seen).toEqual(upTo(seen.length));
});

test('an api killed while jobs are created: each exists wholly or not at all, and its key gives it again', async () => {
  for (const afterMs of [0, 15]) {
    const names = Array.from({ length: 6 }, (_, index) => `killed after ${afterMs} ms, ${index}`);
    const create = (name: string) => stack.client.jobs.create({ ...job, name }, { idempotencyKey: name });
    const first = names.map((name) => create(name).catch(() => undefined));
    await delay(afterMs);
    await stack.replace('api');
    const answered = await Promise.all(first);
    const again = await Promise.all(names.map((name) => untilAnswered(() => create(name))));
    const { jobs } = await stack.client.jobs.list({ limit: 200 });
    for (const [index, name] of names.entries()) {
      const found = jobs.filter((one) => one.name === name);
      expect(found.map(({ id }) => id)).toEqual([again[index]!.id]);
      if (answered[index] !== undefined) expect(answered[index]!.id).toBe(again[index]!.id);
      const events = stack.client.jobs.events(again[index]!.id);
      expect((await events.next()).value).toMatchObject({ sequence: 1, type: 'created' });
      await events.return();
      await stack.client.jobs.cancel(again[index]!.id);
    }
  }
});

test('an api killed in the middle of an upload leaves no file, and the data set takes the next one', async () => {
  const { datasets } = stack.client;
  const csv = new TextEncoder().encode(`a,label\n${'1,x\n2,y\n'.repeat(50_000)}`);
  const dataset = await datasets.create('cut off');
  let sent = () => {};
  const half = new Promise<void>((resolve) => {
    sent = resolve;
  });
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(csv.subarray(0, csv.length >> 1)),
    pull: () => {
      sent();
      return new Promise(() => {});
    },
  });
  const upload = datasets.upload(dataset.id, body, { fileName: 'x.csv' }).catch(() => 'broken off');
  await half;
  await delay(50);
  await stack.replace('api');
  expect(await upload).toBe('broken off');
  expect(await untilAnswered(() => datasets.get(dataset.id))).toMatchObject({ state: 'empty' });
  for (const folder of ['uploads', join('artifacts', 'incoming')]) expect(filesIn(folder)).toEqual([]);
  expect(await datasets.upload(dataset.id, csv, { fileName: 'x.csv' })).toMatchObject({ state: 'ready' });
});

test('an api killed while it reads files leaves no shard; what was uploaded is still there, and is read', async () => {
  const { datasets } = stack.client;
  const stored = () => filesIn('artifacts');
  const before = stored();
  // Several shards of 8 MB.
  const csv = new TextEncoder().encode(`a,b\n${'123456,0.25\n'.repeat(4_000_000)}`);
  const { id } = await datasets.create('killed while read');
  const file = await datasets.announce(id, { name: 'x.csv', bytes: csv.length });
  await datasets.send(id, file, csv);
  expect(await datasets.ingest(id)).toMatchObject({ state: 'ingesting' });
  while (stored().length === before.length) await delay(5);
  await stack.replace('api');
  expect(await untilAnswered(() => datasets.get(id))).toMatchObject({ state: 'empty' });
  expect(stored()).toEqual(before);
  expect(filesIn('uploads')).toEqual([]);
  expect((await datasets.files(id)).map(({ offset }) => offset)).toEqual([csv.length]);
  await datasets.ingest(id);
  let dataset = await datasets.get(id);
  for (; dataset.state === 'ingesting'; dataset = await datasets.get(id)) await delay(50);
  expect(dataset).toMatchObject({ state: 'ready', manifest: { splits: [{ count: 4_000_000 }] } });
  // They go right after it is ready.
  await vi.waitFor(() => expect(filesIn('parts')).toEqual([]), 10_000);
});
