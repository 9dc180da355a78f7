import { createHash } from 'node:crypto';
import type { Job, ModelSpec } from '@descent/contracts';
import { compileModel } from '@descent/models';
import { encodeSafetensors, tensor } from '@descent/tensors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, exampleReport, openApi } from '../testing/api-fixture.ts';
import { uploadCsv } from '../testing/upload.ts';

const model: ModelSpec = {
  inputs: { x: { shape: [2] } },
  layers: [{ type: 'dense', units: 3, name: 'logits' }],
  loss: { type: 'softmaxCrossEntropy', labels: 'kind' },
};

let api: ApiFixture;
let jobId: string;
let weights: Uint8Array;

/** A job that succeeded with weights chosen by hand: logits = (u, v, u + v + 1), with u = a ÷ 10 and v = b ÷ 10. */
beforeAll(async () => {
  api = await openApi();
  const dataset = await uploadCsv(api, 'a,b,kind\n1,2,cat\n3,4,dog\n5,6,eel\n');
  const created = await api.user({
    method: 'POST',
    url: '/v1/jobs',
    payload: {
      model,
      data: {
        dataset,
        validation: { split: 'train' },
        inputs: { x: { columns: ['a', 'b'], transform: { type: 'scale', factor: 0.1 } } },
      },
      training: { epochs: 1, batchSize: 3, optimizer: { type: 'sgd', learningRate: 0.1 } },
    },
  });
  jobId = created.json<Job>().id;
  const [kernel, bias] = compileModel(model).layout.entries;
  weights = encodeSafetensors(
    new Map([
      [kernel?.name ?? '', tensor('float32', [2, 3], Float32Array.of(1, 0, 1, 0, 1, 1))],
      [bias?.name ?? '', tensor('float32', [3], Float32Array.of(0, 0, 1))],
    ]),
  );
  await api.service({ method: 'POST', url: `/internal/jobs/${jobId}/claim`, payload: { server: 'ps' } });
}, 60_000);
afterAll(() => api.close());

const predict = (inputs: Record<string, unknown>) =>
  api.user({ method: 'POST', url: `/v1/jobs/${jobId}/predict`, payload: { inputs } });

test('a job that has not succeeded has neither weights nor predictions', async () => {
  expect((await predict({ x: [[1, 2]] })).json()).toMatchObject({
    statusCode: 409,
    code: 'JOB_NOT_FINISHED',
  });
  const download = await api.user({ url: `/v1/jobs/${jobId}/weights` });
  expect(download.json()).toMatchObject({ statusCode: 409, details: { state: 'preparing' } });
});

test('a checkpoint answers, also while the job trains', async () => {
  const [kernel, bias] = compileModel(model).layout.entries;
  // Twice the weights of the end.
  const file = encodeSafetensors(
    new Map([
      [`parameters/${kernel?.name}`, tensor('float32', [2, 3], Float32Array.of(2, 0, 2, 0, 2, 2))],
      [`parameters/${bias?.name}`, tensor('float32', [3], Float32Array.of(0, 0, 2))],
    ]),
  );
  await api.service({
    method: 'PUT',
    url: `/internal/jobs/${jobId}/checkpoints/4`,
    payload: Buffer.from(file),
    headers: { 'content-type': 'application/octet-stream', 'x-descent-incarnation': '1' },
  });
  const ask = async (checkpoint: string) => {
    const url = `/v1/jobs/${jobId}/predict?checkpoint=${checkpoint}`;
    return (await api.user({ method: 'POST', url, payload: { inputs: { x: [[10, 20]] } } })).json();
  };
  for (const checkpoint of ['4', 'latest']) {
    expect((await ask(checkpoint)).outputs[0]).toEqual([2, 4, 8]);
  }
  for (const missing of ['5', 'best']) {
    expect(await ask(missing)).toMatchObject({ statusCode: 404, code: 'CHECKPOINT_NOT_FOUND' });
  }
  expect(await ask('newest')).toMatchObject({ statusCode: 422 });
});

test('the weights file is downloaded as it was stored, under its hash', async () => {
  const stored = await api.service({
    method: 'PUT',
    url: `/internal/jobs/${jobId}/weights`,
    payload: Buffer.from(weights),
    headers: { 'content-type': 'application/octet-stream', 'x-descent-incarnation': '1' },
  });
  const weightsHash = createHash('sha256').update(weights).digest('hex');
  expect(stored.json()).toEqual({ hash: weightsHash });
  const outcome = { state: 'succeeded' as const, weightsHash, ledgerHash: 'ledger' };
  await api.service({
    method: 'POST',
    url: `/internal/jobs/${jobId}/reports`,
    payload: exampleReport(0, { outcome }),
  });
  const download = await api.user({ url: `/v1/jobs/${jobId}/weights` });
  expect(download.headers.etag).toBe(`"${weightsHash}"`);
  expect(createHash('sha256').update(download.rawPayload).digest('hex')).toBe(weightsHash);
  const again = await api.user({
    url: `/v1/jobs/${jobId}/weights`,
    headers: { 'if-none-match': `"${weightsHash}"` },
  });
  expect(again.statusCode).toBe(304);
});

test('raw column values are transformed as in training and answered with probabilities and class names', async () => {
  const answer = (
    await predict({
      x: [
        [10, 20],
        [30, -40],
      ],
    })
  ).json();
  expect(answer.rows).toBe(2);
  expect(answer.outputs[0][0]).toBeCloseTo(1, 5);
  expect(answer.outputs[0][1]).toBeCloseTo(2, 5);
  expect(answer.outputs[0][2]).toBeCloseTo(4, 5);
  const exponentials = [1, 2, 4].map(Math.exp);
  const sum = exponentials.reduce((total, value) => total + value, 0);
  exponentials.forEach((value, index) => {
    expect(answer.probabilities[0][index]).toBeCloseTo(value / sum, 5);
  });
  expect(answer.classes).toEqual([2, 0]);
  expect(answer.classNames).toEqual(['cat', 'dog', 'eel']);
});

test('rows are answered alike whatever their number', async () => {
  const rows = Array.from({ length: 1000 }, (_, row) => [row, -row]);
  const many = (await predict({ x: rows })).json();
  expect(many.outputs.length).toBe(1000);
  const one = (await predict({ x: [rows[777]] })).json();
  expect(many.outputs[777]).toEqual(one.outputs[0]);
  expect((await predict({ x: [...rows, [0, 0]] })).json()).toMatchObject({
    code: 'REQUEST_INVALID',
    details: { path: 'inputs.x' },
  });
});

test.each([
  [{ x: [[1, 2], [3]] }, 'inputs.x[1]'],
  [{ x: [[1, 'two']] }, 'inputs.x[0][1]'],
  [{ x: [[1, [2]]] }, 'inputs.x[0][1]'],
  [{ y: [[1, 2]] }, 'inputs.y'],
  [{}, 'inputs.x'],
])('%j names the value that does not fit', async (inputs, at) => {
  expect((await predict(inputs)).json()).toMatchObject({
    statusCode: 422,
    code: 'REQUEST_INVALID',
    details: { path: at },
  });
});

test('the graph of a job shows its operations and shapes', async () => {
  const graph = (await api.user({ url: `/v1/jobs/${jobId}/graph?kind=inference` })).json();
  expect(graph.values.find(({ role }: { role: string }) => role === 'input')).toEqual({
    name: 'x',
    role: 'input',
    dtype: 'float32',
    shape: ['batch', 2],
    label: 'x [batch × 2]',
  });
  expect(Object.keys(graph.outputs).sort()).toEqual(['prediction', 'probabilities']);
  const training = (await api.user({ url: `/v1/jobs/${jobId}/graph` })).json();
  expect(training.nodes.length).toBeGreaterThan(graph.nodes.length);
});

test('the mistakes of a classifier on its validation samples come with the surest first', async () => {
  // Logits of (1, 2), (3, 4), (5, 6): the third is always the largest, and right for the last row alone.
  const share = (logits: readonly number[], at: number) =>
    expect.closeTo(Math.exp(logits[at]!) / logits.reduce((sum, one) => sum + Math.exp(one), 0), 5);
  const [first, second] = [
    [0.1, 0.2, 1.3],
    [0.3, 0.4, 1.7],
  ] as const;
  const answer = await api.user({ url: `/v1/jobs/${jobId}/mistakes` });
  expect(answer.json()).toEqual({
    split: 'train',
    looked: 3,
    wrong: 2,
    mistakes: [
      {
        sample: 1,
        label: 'dog',
        guess: 'eel',
        labelProbability: share(second, 1),
        guessProbability: share(second, 2),
      },
      {
        sample: 0,
        label: 'cat',
        guess: 'eel',
        labelProbability: share(first, 0),
        guessProbability: share(first, 2),
      },
    ],
  });
  const one = (await api.user({ url: `/v1/jobs/${jobId}/mistakes?limit=1` })).json();
  expect(one).toMatchObject({ wrong: 2, mistakes: [{ sample: 1 }] });
});
