import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from '@descent/contracts';
import { encodeMessage, tensorProto } from '@descent/onnx-format';
import { tensor } from '@descent/tensors';
import { runDescent, type Stack, startStack, whenJobState, whenStep } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

let stack: Stack;
let folder: string;
let dataset: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'descent-submit-'));
  stack = await startStack({ workers: 1 });
  writeFileSync(join(folder, 'points.csv'), pointsCsv(200));
  const { code, stdout, stderr } = await descent('datasets', 'push', 'points.csv', '--name', 'points');
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'ready, version 1, train 200 samples\n' });
  dataset = stdout.trim();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack?.stop();
});

function descent(...args: string[]) {
  const env = { DESCENT_URL: stack.url, DESCENT_TOKEN: stack.token };
  return runDescent(args, { cwd: folder, env });
}

/** y = 2a − b + 1 on a grid, exactly. */
function pointsCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [(row % 20) / 20, Math.floor(row / 20) / 10];
    return `${a},${b},${2 * a - b + 1}`;
  });
  return `a,b,y\n${lines.join('\n')}\n`;
}

function writeJob(
  name: string,
  change: { epochs?: number; learningRate?: number; layers?: unknown[] } = {},
): string {
  const { epochs = 20, learningRate = 0.1, layers = [{ type: 'dense', units: 1, name: 'line' }] } = change;
  const job = {
    name,
    model: { inputs: { x: { shape: [2] } }, layers, loss: { type: 'meanSquaredError', labels: 'y' } },
    data: {
      dataset,
      inputs: { x: { columns: ['a', 'b'] }, y: { columns: ['y'] } },
      validation: { ratio: 0.1 },
    },
    training: { epochs, batchSize: 20, microBatches: 2, optimizer: { type: 'sgd', learningRate } },
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(job, null, 2));
  return `${name}.json`;
}

test('a job that succeeds ends `submit --follow --json` with exit code 0 and one line: the job', async () => {
  const { code, stdout, stderr } = await descent('submit', writeJob('line'), '--follow', '--json');
  expect({ code, lines: stdout.split('\n').length }, stderr).toEqual({ code: 0, lines: 2 });
  const job = JSON.parse(stdout) as Job;
  expect(job).toMatchObject({ name: 'line', state: 'succeeded', progress: { step: 180, steps: 180 } });
  expect(job.validation?.loss).toBeLessThan(0.01);
  expect(stderr).toContain('step 180/180');

  const status = await descent('status', job.id);
  expect(status.stdout).toContain(job.receipt.weightsHash);
  const listed = await descent('ls', '--state', 'succeeded', '--json');
  expect((JSON.parse(listed.stdout) as Job[]).map(({ id }) => id)).toContain(job.id);

  const watched = await descent('watch', job.id, '--json');
  const types = watched.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.at(-1)).toBe('job');
  expect(types.filter((type) => type === 'metric').length).toBeGreaterThanOrEqual(180);

  const saved = await descent('download', job.id, '--out', 'line.safetensors', '--json');
  expect(JSON.parse(saved.stdout)).toEqual({
    path: join(folder, 'line.safetensors'),
    bytes: expect.any(Number),
  });
  const file = readFileSync(join(folder, 'line.safetensors'));
  const header = file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString();
  expect(JSON.parse(header)).toMatchObject({ 'line/kernel': { dtype: 'F32', shape: [2, 1] } });
});

test('a job that diverges ends `submit --follow` with exit code 1, the step, and a hint', async () => {
  const file = writeJob('diverges', { learningRate: 1e6 });
  const { code, stdout } = await descent('submit', file, '--follow');
  expect(code).toBe(1);
  expect(stdout).toMatch(/JOB_DIVERGED: The loss became \S+ at step \d+; the last finite loss was /);
  expect(stdout).toContain('learning rate');
});

test('pause, resume and cancel act on a running job, and watching a cancelled one ends with 1', async () => {
  const submitted = await descent('submit', writeJob('long', { epochs: 100_000 }));
  const id = submitted.stdout.trim();
  await whenStep(stack.client, id, 20);
  expect((await descent('pause', id)).code).toBe(0);
  const paused = await whenJobState(stack.client, id, 'paused');
  expect((await descent('resume', id)).code).toBe(0);
  await whenStep(stack.client, id, paused.progress.step + 20);
  expect((await descent('cancel', id)).code).toBe(0);
  await whenJobState(stack.client, id, 'cancelled');
  expect((await descent('watch', id)).code).toBe(1);
  const again = await descent('pause', id);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('JOB_STATE_CONFLICT');
});

test('a dry run prices the job and creates nothing', async () => {
  const before = (await stack.client.jobs.list()).jobs.length;
  const { code, stdout } = await descent('submit', writeJob('dry'), '--dry-run', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    price: { parameters: 3, steps: 180 },
    layers: [{ name: 'line' }],
  });
  expect((await stack.client.jobs.list()).jobs.length).toBe(before);
});

test('a spec with a mistake is refused with exit code 2, the code and the path of the field', async () => {
  const file = writeJob('typo', { layers: [{ type: 'dence', units: 1 }] });
  const { code, stdout, stderr } = await descent('submit', file, '--json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(JSON.parse(stderr)).toMatchObject({ statusCode: 422, details: { path: 'model.layers[0].type' } });
  expect(stderr).toContain('dense');
});

test('broken JSON is refused with line and column before anything is sent', async () => {
  writeFileSync(join(folder, 'broken.json'), '{\n  "name": "x",\n  "model": { "loss": NaN }\n}\n');
  const { code, stderr } = await descent('submit', 'broken.json');
  expect(code).toBe(2);
  expect(stderr).toContain('broken.json:3:22: NaN is not JSON');
});

test.each([
  ['an unknown job', ['status', 'job_00000000000000000000000000'], 'JOB_NOT_FOUND'],
  ['a wrong token', ['ls', '--token', 'dsc_wrong'], 'UNAUTHENTICATED'],
])('%s ends with exit code 2', async (_what, args, message) => {
  const { code, stdout, stderr } = await descent(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('a service that is not there ends with exit code 3', async () => {
  const { code, stderr } = await descent('ls', '--server', 'http://127.0.0.1:1');
  expect(code).toBe(3);
  expect(stderr).toContain('The Descent service at http://127.0.0.1:1 cannot be reached');
});

/** y = x · weight + bias as torch.onnx.export writes it. */
function linearOnnx(weight: readonly number[], bias: number): Uint8Array {
  const shaped = (dims: readonly object[]) => ({ tensorType: { elemType: 1, shape: { dim: [...dims] } } });
  return encodeMessage('ModelProto', {
    irVersion: 8,
    opsetImport: [{ version: 17 }],
    graph: {
      name: 'line',
      node: [
        {
          opType: 'Gemm',
          name: 'fc',
          input: ['x', 'weight', 'bias'],
          output: ['out'],
          attribute: [{ name: 'transB', type: 2, i: 1 }],
        },
      ],
      initializer: [
        tensorProto('weight', tensor('float32', [1, 2], Float32Array.from(weight))),
        tensorProto('bias', tensor('float32', [1], Float32Array.of(bias))),
      ],
      input: [{ name: 'x', type: shaped([{ dimParam: 'n' }, { dimValue: 2 }]) }],
      output: [{ name: 'out', type: shaped([{ dimParam: 'n' }, { dimValue: 1 }]) }],
    },
  });
}

test('an imported model trains on from its weights, and what it became is exported again', async () => {
  writeFileSync(join(folder, 'line.onnx'), linearOnnx([2, -1], 1));
  const imported = await descent('models', 'import', 'line.onnx', '--json');
  expect(imported.code, imported.stderr).toBe(0);
  const { id, parameters } = JSON.parse(imported.stdout) as { id: string; parameters: number };
  expect(parameters).toBe(3);

  const lossOf = async (weights: 'imported' | 'fresh') => {
    const file = writeJob(`line-${weights}`, { epochs: 1, learningRate: 1e-6 });
    const job = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
    const model = { from: id, weights, loss: { type: 'meanSquaredError', labels: 'y' } };
    writeFileSync(join(folder, file), JSON.stringify({ ...job, model }));
    const { code, stdout, stderr } = await descent('submit', file, '--follow', '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Job;
  };
  const [trained, fresh] = [await lossOf('imported'), await lossOf('fresh')];
  // The imported line goes through every point already.
  expect(trained.validation?.loss).toBeLessThan(1e-9);
  expect(fresh.validation?.loss).toBeGreaterThan(0.01);

  const exported = await descent('export', trained.id, '--format', 'onnx', '--out', 'again.onnx');
  expect(exported.code, exported.stderr).toBe(0);
  const again = await descent('models', 'import', 'again.onnx', '--json');
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ format: 'onnx', parameters: 3 });
}, 120_000);
