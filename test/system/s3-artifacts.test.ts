import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Stack, startStack, whenJobState } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeS3, startFakeS3 } from '../../packages/storage/src/testing/fake-s3.ts';

let s3: FakeS3;
let stack: Stack;
beforeAll(async () => {
  s3 = await startFakeS3('course');
  stack = await startStack({
    workers: 1,
    env: {
      DESCENT_ARTIFACTS_URL: 's3://course/descent',
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: 'a-key',
      AWS_SECRET_ACCESS_KEY: 'a-secret',
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  await s3.close();
});

test('with artifacts in S3 a data set is uploaded, trained on, predicted with, exported and deleted; the disk keeps nothing', async () => {
  const { datasets, jobs } = stack.client;
  const rows = Array.from({ length: 300 }, (_, i) => `${(i % 3) - 1 + (i % 7) / 100},${i % 7},${i % 3}`);
  const csv = new TextEncoder().encode(['a,b,label', ...rows].join('\n'));
  const { id: dataset } = await datasets.create('numbers');
  expect((await datasets.upload(dataset, csv, { fileName: 'numbers.csv' })).state).toBe('ready');
  const afterUpload = s3.objects.size;
  expect(afterUpload).toBeGreaterThan(0);

  const { id } = await jobs.create({
    model: {
      inputs: { x: { shape: [2] } },
      layers: [{ type: 'dense', units: 3 }],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    },
    data: { dataset, inputs: { x: { columns: ['a', 'b'] } } },
    training: { epochs: 3, batchSize: 32, optimizer: { type: 'sgd', learningRate: 0.1 } },
  });
  const { receipt } = await whenJobState(stack.client, id, 'succeeded');
  const weights = s3.objects.get(`course/descent/${receipt.weightsHash}`);
  expect(createHash('sha256').update(weights!).digest('hex')).toBe(receipt.weightsHash);
  expect((await jobs.predict(id, { rows: [{ a: 0.5, b: 3 }] })).rows).toBe(1);
  const exported = await jobs.exportModel(id, 'onnx');
  expect((await new Response(exported.stream).arrayBuffer()).byteLength).toBeGreaterThan(0);

  const { id: unused } = await datasets.create('unused');
  await datasets.upload(unused, new TextEncoder().encode('a,label\n1,0\n2,1\n'), { fileName: 'x.csv' });
  const before = s3.objects.size;
  await datasets.remove(unused);
  expect(s3.objects.size).toBeLessThan(before);
  const files = readdirSync(join(stack.dataDir, 'artifacts'), { recursive: true });
  expect(files.sort()).toEqual(['incoming', 'outgoing']);
});
