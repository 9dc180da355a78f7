import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Job, StoredModel } from '@descent/contracts';
import { encodeMessage, type MessageDraft, tensorProto } from '@descent/onnx-format';
import { readPlan } from '@descent/storage';
import { decodeSafetensors, tensor } from '@descent/tensors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { irisLike, uploadCsv } from '../testing/upload.ts';

let api: ApiFixture;
let dataset: string;
beforeAll(async () => {
  api = await openApi();
  dataset = await uploadCsv(api, irisLike(30));
}, 60_000);
afterAll(() => api.close());

const kernel = tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
const bias = tensor('float32', [3], Float32Array.of(0.1, 0.2, 0.3));

/** logits = x · kernel + bias, with these operators in between. */
function linear(...operators: readonly string[]): Buffer {
  const graph: MessageDraft<'GraphProto'> = {
    name: 'linear',
    node: [
      { opType: 'Gemm', name: 'product', input: ['x', 'fc.weight', 'fc.bias'], output: ['0'] },
      ...operators.map((opType, index) => ({
        opType,
        name: `n${index}`,
        input: [`${index}`],
        output: [`${index + 1}`],
      })),
    ],
    initializer: [tensorProto('fc.weight', kernel), tensorProto('fc.bias', bias)],
    input: [
      {
        name: 'x',
        type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'n' }, { dimValue: 2 }] } } },
      },
    ],
    output: [{ name: `${operators.length}` }],
  };
  return Buffer.from(encodeMessage('ModelProto', { irVersion: 8, opsetImport: [{ version: 17 }], graph }));
}

const upload = (payload: Buffer | string, query = '') =>
  api.user({ method: 'POST', url: `/v1/models${query}`, payload, headers: { 'content-type': 'x/y' } });

const submit = (model: object) =>
  api.user({
    method: 'POST',
    url: '/v1/jobs',
    payload: {
      model: { loss: { type: 'softmaxCrossEntropy', labels: 'label' }, ...model },
      data: { dataset, inputs: { x: { columns: ['a', 'b'] } } },
      training: { epochs: 1, batchSize: 10, optimizer: { type: 'sgd', learningRate: 0.1 } },
    },
  });

const uploadsLeft = (): Promise<readonly string[]> => readdir(path.join(api.dataDir, 'uploads'));

test('an ONNX file becomes a model that is listed, shown and deleted', async () => {
  const answer = await upload(linear('Relu'), '?name=iris%20net');
  expect(answer.statusCode).toBe(201);
  const model = answer.json<StoredModel>();
  expect(answer.headers.location).toBe(`/v1/models/${model.id}`);
  expect(model).toMatchObject({ name: 'iris net', format: 'onnx', parameters: 9 });
  expect(model.topology.nodes?.map(({ op }) => op)).toEqual(['Gemm', 'Relu']);
  const { topology, ...summary } = model;
  const listed = (await api.user({ url: '/v1/models' })).json<{ models: StoredModel[] }>().models;
  expect(listed.find(({ id }) => id === model.id)).toEqual(summary);
  expect((await api.user({ url: `/v1/models/${model.id}` })).json()).toEqual(model);
  expect(await uploadsLeft()).toEqual([]);

  expect((await api.user({ method: 'DELETE', url: `/v1/models/${model.id}` })).statusCode).toBe(204);
  expect((await api.user({ url: `/v1/models/${model.id}` })).json()).toMatchObject({
    statusCode: 404,
    code: 'MODEL_NOT_FOUND',
  });
  expect(await api.app.context.artifacts.size(model.weightsHash!)).toBe(null);
});

test('all unsupported operators are named in one error and nothing is left', async () => {
  const before = (await api.user({ url: '/v1/models' })).json();
  const answer = await upload(linear('Relu', 'NonMaxSuppression', 'StringNormalizer', 'NonMaxSuppression'));
  expect(answer.json()).toMatchObject({
    statusCode: 422,
    code: 'ONNX_OPERATORS_UNSUPPORTED',
    details: {
      unsupported: [
        { operator: 'NonMaxSuppression', nodes: ['n1', 'n3'] },
        { operator: 'StringNormalizer', nodes: ['n2'] },
      ],
    },
  });
  expect((await api.user({ url: '/v1/models' })).json()).toEqual(before);
  expect(await uploadsLeft()).toEqual([]);
});

test('a file that is no model, and one above the limit, are refused', async () => {
  expect((await upload('hello')).json()).toMatchObject({ statusCode: 422, code: 'ONNX_INVALID' });
  expect((await upload('{"a": 1}')).json()).toMatchObject({ statusCode: 422, code: 'KERAS_INVALID' });
  const small = await openApi({ limits: { modelBytes: 100 } });
  const answer = await small.user({ method: 'POST', url: '/v1/models', payload: linear() });
  expect(answer.json()).toMatchObject({ statusCode: 413, code: 'REQUEST_TOO_LARGE' });
  await small.close();
});

test('a job from a model holds its spec and its weights, also when the model is deleted', async () => {
  const model = (await upload(linear())).json<StoredModel>();
  const answer = await submit({ from: model.id, metrics: ['accuracy'] });
  expect(answer.statusCode).toBe(201);
  const job = answer.json<Job>();
  expect(job.request.model).toMatchObject({
    nodes: model.topology.nodes,
    loss: { prediction: model.topology.prediction },
    metrics: ['accuracy'],
  });
  const plan = await readPlan(api.app.context.db, job.id);
  expect(plan?.initialWeights).toEqual({ hash: model.weightsHash, of: 'all' });

  await api.user({ method: 'DELETE', url: `/v1/models/${model.id}` });
  const file = await api.service({ url: `/internal/artifacts/${model.weightsHash}` });
  const { tensors } = decodeSafetensors(file.rawPayload);
  expect(tensors.get('fc_weight')?.data).toEqual(kernel.data);
  expect(tensors.get('fc_bias')?.data).toEqual(bias.data);
});

test('trainable names what is trained; fresh weights keep what is not', async () => {
  const model = (await upload(linear())).json<StoredModel>();
  const job = (await submit({ from: model.id, trainable: ['*_bias'], weights: 'fresh' })).json<Job>();
  expect(job.price.parameters).toBe(3);
  expect(job.request.model.parameters).toMatchObject({ fc_weight: { trainable: false } });
  const plan = await readPlan(api.app.context.db, job.id);
  expect(plan?.initialWeights).toEqual({ hash: model.weightsHash, of: 'frozen' });
});

test('a pattern without a parameter, and a model that is not there, are refused', async () => {
  const model = (await upload(linear())).json<StoredModel>();
  expect((await submit({ from: model.id, trainable: ['*_bias', 'fc2*'] })).json()).toMatchObject({
    code: 'REQUEST_INVALID',
    details: { path: 'model.trainable[1]' },
  });
  expect((await submit({ from: `mdl_${'0'.repeat(26)}` })).json()).toMatchObject({ code: 'MODEL_NOT_FOUND' });
});
