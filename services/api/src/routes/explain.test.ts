import type { Explanation, Job, JobGraph, ModelSpec } from '@descent/contracts';
import { encodeSafetensors, tensor } from '@descent/tensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { uploadCsv } from '../testing/upload.ts';

/** ½ (u·v)² per sample, with u = a ÷ 10 and one weight v. */
const model: ModelSpec = {
  inputs: { u: { shape: [1] } },
  parameters: { v: { shape: [1, 1], initializer: 'ones' } },
  nodes: [{ op: 'MatMul', name: 'uv', inputs: ['u', 'v'] }],
  loss: { type: 'meanSquaredError', labels: 'zero' },
};

let api: ApiFixture;
let jobId: string;

beforeAll(async () => {
  api = await openApi();
  const dataset = await uploadCsv(api, 'a,zero\n10,0\n20,0\n30,0\n');
  const created = await api.user({
    method: 'POST',
    url: '/v1/jobs',
    payload: {
      model,
      data: {
        dataset,
        inputs: { u: { columns: ['a'], transform: { type: 'scale', factor: 0.1 } } },
      },
      training: { epochs: 1, batchSize: 3, optimizer: { type: 'sgd', learningRate: 0.1 } },
    },
  });
  jobId = created.json<Job>().id;
  await api.service({ method: 'POST', url: `/internal/jobs/${jobId}/claim`, payload: { server: 'ps' } });
  for (const [step, v] of [
    [3, 0.5],
    [6, 2],
  ] as const) {
    await api.service({
      method: 'PUT',
      url: `/internal/jobs/${jobId}/checkpoints/${step}`,
      payload: Buffer.from(
        encodeSafetensors(new Map([['parameters/v', tensor('float32', [1, 1], Float32Array.of(v))]])),
      ),
      headers: { 'content-type': 'application/octet-stream', 'x-descent-incarnation': '1' },
    });
  }
}, 60_000);
afterAll(() => api.close());

const post = async (url: string, payload: object) =>
  (await api.user({ method: 'POST', url, payload })).json();
const explainJob = (payload: object): Promise<Explanation> => post(`/v1/jobs/${jobId}/explain`, payload);
const explainModel = (payload: object): Promise<Explanation> => post('/v1/models/explain', payload);
const value = ({ leaves, nodes }: Explanation, name: string) =>
  [...leaves, ...nodes.flatMap(({ outputs }) => outputs)].find((one) => one.name === name);

describe('POST /v1/jobs/:id/explain', () => {
  test('explains samples of the data set at the newest checkpoint, transformed as in training', async () => {
    const explanation = await explainJob({ samples: { indices: [2, 0] } });
    expect(explanation).toMatchObject({ of: 'loss', batch: 2, step: 6, checks: { failed: 0, skipped: 0 } });
    expect(value(explanation, 'u')?.value.values).toEqual([3, 1]);
    // Σ (u·v)² = 36 + 4; its gradient by u·v is 2uv, by v Σ 2u·uv.
    expect(explanation.loss).toBeCloseTo(40, 5);
    expect(value(explanation, 'uv')?.gradient?.values).toEqual([12, 4]);
    expect(value(explanation, 'v')?.gradient?.values?.[0]).toBeCloseTo(40, 5);
    expect(value(explanation, 'v')?.label).toBe('v [1 × 1]');
    expect(value(explanation, 'uv')?.label).toBe('uv [batch × 1]');
  });

  test('at the initial parameters, at a step, and at the first sample when nothing is said', async () => {
    const initial = await explainJob({ checkpoint: 'initial' });
    expect(initial).toMatchObject({ batch: 1, step: 0, loss: 1 });
    const early = await explainJob({ checkpoint: 3, nodes: ['uv'], check: false });
    expect(early).toMatchObject({ step: 3, loss: 0.25, checks: { passed: 0 } });
    expect(early.nodes.map(({ name }) => name)).toEqual(['uv']);
  });

  test('on given rows, for which labels are needed only by the loss', async () => {
    const rows = await explainJob({ inputs: { u: [[40]], zero: [1] } });
    expect(rows.loss).toBeCloseTo(49, 5);
    const sum = await explainJob({ inputs: { u: [[40]] }, of: 'uv' });
    expect(sum).toMatchObject({ of: 'uv', batch: 1 });
    expect(sum.loss).toBeCloseTo(8, 5);
    expect(value(sum, 'u')?.gradient?.values).toEqual([2]);
  });

  test.each([
    [{ checkpoint: 4 }, 404, { checkpoint: 'of step 4' }],
    [{ checkpoint: 'best' }, 404, { checkpoint: 'with validation scores' }],
    [{ samples: { indices: [0, 3] } }, 422, { path: 'samples.indices[1]' }],
    [{ samples: { split: 'dev', indices: [0] } }, 422, { path: 'samples.split' }],
    [{ inputs: { u: [[1]] } }, 422, { path: 'inputs.zero' }],
    [{ inputs: { u: [['x']], zero: [0] } }, 422, { path: 'inputs.u[0][0]' }],
    [{ inputs: { u: [[1]], zero: [0] }, samples: { indices: [0] } }, 422, { path: 'inputs' }],
    [{ checkpoint: 'newest' }, 422, { path: 'checkpoint' }],
    [{ nodes: ['uw'] }, 422, { value: 'uw' }],
    [{ sample: 3 }, 422, { path: 'sample' }],
  ])('%j is refused by name', async (payload, statusCode, details) => {
    expect(await explainJob(payload)).toMatchObject({ statusCode, details });
  });

  test('a job that is not there', async () => {
    const answer = await post('/v1/jobs/job_01JD0000000000000000000000/explain', {});
    expect(answer).toMatchObject({ statusCode: 404, code: 'JOB_NOT_FOUND' });
  });
});

describe('POST /v1/models/explain', () => {
  test('a spec and a few numbers, without a parameter to train: (x + y) · z', async () => {
    const spec: ModelSpec = {
      inputs: { x: { shape: [] }, y: { shape: [] }, z: { shape: [] } },
      nodes: [
        { op: 'Add', name: 'q', inputs: ['x', 'y'] },
        { op: 'Mul', name: 'f', inputs: ['q', 'z'] },
      ],
      loss: { type: 'meanSquaredError', labels: 'wanted' },
    };
    const explanation = await explainModel({ model: spec, of: 'f', inputs: { x: [-2], y: [5], z: [-4] } });
    expect(['x', 'y', 'z', 'q'].map((name) => value(explanation, name)?.gradient?.values)).toEqual([
      [-4],
      [-4],
      [3],
      [-4],
    ]);
    expect(explanation).toMatchObject({ loss: -12, step: null });
  });

  test('takes parameter values and names one that does not fit', async () => {
    const given = { model, inputs: { u: [[3]], zero: [0] } };
    const explanation = await explainModel({ ...given, parameters: { v: [[2]] } });
    expect(explanation.loss).toBe(36);
    expect(await explainModel({ ...given, parameters: { v: [[1, 2]] } })).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { path: 'parameters.v[0]' },
    });
    expect(await explainModel({ ...given, parameters: { w: 1 } })).toMatchObject({
      details: { path: 'parameters.w' },
    });
  });

  test('spells numbers that JSON has no words for', async () => {
    const spec: ModelSpec = {
      inputs: { x: { shape: [] } },
      nodes: [{ op: 'Log', name: 'log', inputs: ['x'] }],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    const explanation = await explainModel({ model: spec, of: 'log', inputs: { x: [0, -1] } });
    expect(value(explanation, 'log')?.value.values).toEqual(['-Infinity', 'NaN']);
    expect(value(explanation, 'log')?.value.statistics).toMatchObject({ nanCount: 1, infiniteCount: 1 });
  });

  test('refuses what would take too long and says what fits', async () => {
    const spec = {
      inputs: { x: { shape: [4096] } },
      layers: [
        { type: 'dense', units: 4096 },
        { type: 'dense', units: 4096 },
      ],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    const row = Array(4096).fill(0);
    const answer = await explainModel({
      model: spec as ModelSpec,
      inputs: { x: Array(64).fill(row), y: Array(64).fill(row) },
    });
    expect(answer).toMatchObject({
      statusCode: 422,
      code: 'EXPLAIN_TOO_LARGE',
      details: { fits: expect.any(Number) },
    });
  });
});

describe('graphs', () => {
  test('a job: parts, the forward node of each backward node, costs and layers', async () => {
    const graph = (await api.user({ url: `/v1/jobs/${jobId}/graph` })).json<JobGraph>();
    const uv = graph.nodes.find(({ name }) => name === 'uv');
    // 2 FLOP a sample and a mini-batch of 3.
    expect(uv).toMatchObject({ part: 'forward', layer: 'uv', flops: 6, parameters: 1, differentiates: null });
    expect(graph.nodes.map(({ index }) => index)).toEqual(graph.nodes.map((_, index) => index));
    const backward = graph.nodes.filter(({ part }) => part === 'backward');
    expect(backward.map(({ differentiates }) => differentiates)).toContain('uv');
    expect(graph.edges).toContainEqual({ value: 'v', from: null, to: 'uv', input: 1 });
    expect(graph.values).toContainEqual({
      name: 'v',
      role: 'parameter',
      dtype: 'float32',
      shape: [1, 1],
      label: 'v [1 × 1]',
    });
    expect(graph.layers).toMatchObject([{ name: 'uv', type: 'MatMul', parameters: 1, nodes: ['uv'] }]);
    expect(graph.batch).toBe(3);
    const total = graph.nodes.reduce((sum, { flops }) => sum + flops, 0);
    expect(graph.totals.forwardFlops + graph.totals.backwardFlops).toBe(total);
    expect(graph.totals.parameters).toBe(1);
  });

  test('a model alone', async () => {
    const graph: JobGraph = await post('/v1/models/graph', { model, kind: 'inference' });
    expect(graph.nodes.map(({ name, flops }) => [name, flops])).toEqual([['uv', 2]]);
    const wrong = { ...model, nodes: [{ op: 'MatMull', name: 'uv', inputs: ['u', 'v'] }] };
    expect(await post('/v1/models/graph', { model: wrong })).toMatchObject({
      code: 'SPEC_UNKNOWN_OPERATION',
      details: { path: 'model.nodes[0].op' },
    });
  });
});
