import { graphHash } from '@descent/autodiff';
import type { Job, JobGraph, ModelSpec } from '@descent/contracts';
import { compileModel, layerSummaries, price, trainingGraph } from '@descent/models';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { presentGraph } from '../jobs/present-graph.ts';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { irisLike, uploadCsv } from '../testing/upload.ts';

let api: ApiFixture;
let dataset: string;
beforeAll(async () => {
  api = await openApi();
  dataset = await uploadCsv(api, irisLike(60));
}, 60_000);
afterAll(() => api.close());

const model = (depth: number): ModelSpec => ({
  inputs: { x: { shape: [2] } },
  layers: [
    ...Array.from({ length: depth }, () => ({ type: 'dense', units: 4, activation: 'tanh' }) as const),
    { type: 'dense', units: 3 },
  ],
  loss: { type: 'softmaxCrossEntropy', labels: 'label' },
});
const post = (url: string, payload: object) => api.user({ method: 'POST', url, payload });
const dryRun = async (spec: object) =>
  post('/v1/jobs?dryRun=true', {
    model: spec,
    data: { dataset, inputs: { x: { columns: ['a', 'b'] } } },
    training: { epochs: 2, batchSize: 10, microBatches: 1, optimizer: { type: 'sgd', learningRate: 0.1 } },
  });

test.each([
  [3, 0],
  [400, 2],
])(
  'a model of %i layers is planned with %i questions to a thread, and with the same facts',
  async (depth, asked) => {
    const plan = vi.spyOn(api.app.context.threads, 'plan');
    const job = (await dryRun(model(depth))).json<Job>();
    expect(plan.mock.calls).toHaveLength(asked);
    plan.mockRestore();
    const compiled = compileModel(model(depth));
    const graph = trainingGraph(compiled);
    const { workerMemoryBytes, ...expected } = price(
      compiled,
      { batchSize: 10, microBatches: 1, datasetCount: 60, epochs: 2, optimizerSlots: 0 },
      graph,
    );
    expect(job.price).toMatchObject(expected);
    // And the samples.
    expect(job.price.workerMemoryBytes - workerMemoryBytes).toBe(2 * 60 * 3 * 4);
    expect(job.receipt.graphHash).toBe(graphHash(graph));
    expect(job.layers).toEqual(layerSummaries(compiled));
  },
);

test('what is wrong with a large model is said as of a small one', async () => {
  const { layers = [], ...rest } = model(400);
  const wrong = { ...rest, layers: layers.toSpliced(300, 1, { type: 'reshape', shape: [5] } as never) };
  expect((await dryRun(wrong)).json()).toMatchObject({
    statusCode: 422,
    code: 'SPEC_SHAPE_MISMATCH',
    details: { path: 'model.layers[300]' },
  });
  const repeated = { type: 'repeat', times: 1000, layers: layers.slice(0, 20) } as never;
  expect((await dryRun({ ...rest, layers: [repeated, layers.at(-1)] })).json()).toMatchObject({
    statusCode: 422,
    code: 'SPEC_TOO_LARGE',
    details: { limit: 10_000 },
  });
});

test.each([3, 400])('the graph of a model of %i layers is the same wherever it is made', async (depth) => {
  const answer = await post('/v1/models/graph', { model: model(depth), kind: 'inference', batch: 7 });
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.json<JobGraph>()).toEqual(presentGraph(compileModel(model(depth)), 'inference', 7));
});
