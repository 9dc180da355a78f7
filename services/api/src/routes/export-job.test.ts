import type { Job, ModelSpec } from '@descent/contracts';
import { decodeMessage } from '@descent/onnx-format';
import { decodeSafetensors, encodeSafetensors, tensor } from '@descent/tensors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, exampleReport, openApi } from '../testing/api-fixture.ts';
import { uploadCsv } from '../testing/upload.ts';

const model: ModelSpec = {
  inputs: { x: { shape: [2] } },
  layers: [{ type: 'dense', units: 3, name: 'logits', activation: 'hardSwish' }],
  loss: { type: 'softmaxCrossEntropy', labels: 'kind' },
};

let api: ApiFixture;
let jobId: string;
const kernel = tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
const bias = tensor('float32', [3], Float32Array.of(7, 8, 9));

beforeAll(async () => {
  api = await openApi();
  const dataset = await uploadCsv(api, 'a,b,kind\n1,2,cat\n3,4,dog\n5,6,eel\n');
  const created = await api.user({
    method: 'POST',
    url: '/v1/jobs',
    payload: {
      model,
      data: { dataset, inputs: { x: { columns: ['a', 'b'] } } },
      training: { epochs: 1, batchSize: 3, optimizer: { type: 'sgd', learningRate: 0.1 } },
    },
  });
  jobId = created.json<Job>().id;
  await api.service({ method: 'POST', url: `/internal/jobs/${jobId}/claim`, payload: { server: 'ps' } });
}, 60_000);
afterAll(() => api.close());

const put = (file: string, tensors: Iterable<readonly [string, typeof bias]>) =>
  api.service({
    method: 'PUT',
    url: `/internal/jobs/${jobId}/${file}`,
    payload: Buffer.from(encodeSafetensors(tensors)),
    headers: { 'content-type': 'application/octet-stream', 'x-descent-incarnation': '1' },
  });
const exported = (format: string) => api.user({ url: `/v1/jobs/${jobId}/exports/${format}` });

// The first export starts its thread, which loads every source when run from them.
test('a running job is exported at a checkpoint only', async () => {
  expect((await exported('onnx')).json()).toMatchObject({ statusCode: 409, code: 'JOB_NOT_FINISHED' });
  expect((await exported('onnx?checkpoint=ck_7')).json()).toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
  await put('checkpoints/1', [
    ['parameters/logits/kernel', kernel],
    ['parameters/logits/bias', bias],
    ['slots/velocity/logits/bias', bias],
  ]);
  const answer = await exported('safetensors?checkpoint=ck_1');
  expect(answer.headers['content-disposition']).toBe(`attachment; filename="${jobId}-ck_1.safetensors"`);
  expect([...decodeSafetensors(answer.rawPayload).tensors.keys()]).toEqual(['logits/bias', 'logits/kernel']);
}, 60_000);

test('a finished job is exported with its weights, in every format that has words for it', async () => {
  const stored = await put('weights', [
    ['logits/kernel', kernel],
    ['logits/bias', bias],
  ]);
  const outcome = { state: 'succeeded' as const, weightsHash: stored.json().hash, ledgerHash: 'ledger' };
  await api.service({
    method: 'POST',
    url: `/internal/jobs/${jobId}/reports`,
    payload: exampleReport(0, { outcome }),
  });

  const onnx = await exported('onnx');
  expect(onnx.headers['content-length']).toBe(String(onnx.rawPayload.length));
  const { graph } = decodeMessage('ModelProto', onnx.rawPayload);
  expect(graph?.initializer.map(({ name }) => name)).toEqual(['logits/kernel', 'logits/bias']);
  expect(graph?.output.map(({ name }) => name)).toEqual(['prediction', 'probabilities']);

  const python = await exported('pytorch');
  expect(python.headers['content-type']).toMatch(/^text\/x-python/);
  expect(python.body).toContain('self.logits_kernel = nn.Parameter(torch.empty((2, 3)))');

  expect((await exported('tfjs')).json()).toMatchObject({
    statusCode: 422,
    code: 'EXPORT_UNSUPPORTED',
    details: { unsupported: ['dense "logits"'] },
  });
  expect((await exported('keras')).json()).toMatchObject({ statusCode: 422, details: { path: 'format' } });
});
