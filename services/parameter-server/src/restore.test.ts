import { createHash } from 'node:crypto';
import type { ClaimAnswer } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { initializeParameters, type ParameterLayout } from '@descent/models';
import { encodeSafetensors, tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { encodeCheckpoint } from './checkpoint.ts';
import { restore } from './restore.ts';
import { createFakeTruth } from './truth.fixture.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const graphHash = 'a'.repeat(64);
const hash = '0'.repeat(64);
const layout: ParameterLayout = {
  entries: [
    {
      name: 'w',
      shape: [4, 3],
      offset: 0,
      length: 12,
      initializer: 'glorotUniform',
      trainable: true,
    },
  ],
  elements: 16,
  trainableElements: 16,
  gradientElements: 16,
};
const claim = (seed: number, steps: readonly number[]): ClaimAnswer => ({
  incarnation: 2,
  checkpoints: steps.map((step) => ({ step, hash })),
  numericsClass: null,
  plan: {
    jobId,
    microBatches: 1,
    seed,
    samples: { train: 1, validation: 0 },
    graphHash,
    manifest: { hash, columns: [], splits: [] },
    request: {
      model: { inputs: { x: { shape: [1] } }, layers: [], loss: { type: 'meanSquaredError', labels: 'y' } },
      data: { dataset: 'builtin:test' },
      training: { epochs: 1, batchSize: 4, optimizer: { type: 'sgd', learningRate: 1 } },
    },
    price: {
      parameters: 12,
      parameterBytes: 48,
      flopsPerStep: 1,
      workerMemoryBytes: 1,
      serverMemoryBytes: 1,
      wireBytesPerStep: 1,
      stepsPerEpoch: 1,
      steps: 30,
    },
  },
});

const stateAt = (version: number) => ({
  version,
  ledgerHash: String(version).padStart(64, 'b'),
  evaluated: undefined,
  parameters: new Float32Array(16).fill(version, 0, 12),
  slots: new Map([['velocity', new Float32Array(16).fill(-version, 0, 12)]]),
});
const fileAt = (version: number) => encodeCheckpoint(layout, graphHash, stateAt(version));

/** Restores from an api that holds these files; an error stands for an answer that is one. */
async function restoreFrom(files: ReadonlyMap<number, Uint8Array | Error>, seed = 1) {
  const asked: number[] = [];
  const alarms: Error[] = [];
  const truth = createFakeTruth({
    async getCheckpoint(id, step) {
      expect(id).toBe(jobId);
      asked.push(step);
      const file = files.get(step);
      if (file instanceof Uint8Array) return file;
      throw file ?? new Error(`there is no step ${step}`);
    },
  });
  const start = await restore({
    truth,
    claim: claim(seed, [...files.keys()]),
    layout,
    onDamaged: (error) => alarms.push(error),
  });
  return { start, asked, alarms };
}

describe('a fork', () => {
  const origin = fileAt(20);
  const forkOf = { jobId, step: 20, hash: createHash('sha256').update(origin).digest('hex') };
  const forked = (steps: readonly number[]): ClaimAnswer => {
    const given = claim(1, steps);
    return { ...given, plan: { ...given.plan, forkOf } };
  };
  const restoreFork = (steps: readonly number[], file: Uint8Array) =>
    restore({
      truth: createFakeTruth({
        getCheckpoint: async (_, step) => fileAt(step),
        async getArtifact(asked) {
          expect(asked).toBe(forkOf.hash);
          return file;
        },
      }),
      claim: forked(steps),
      layout,
      onDamaged() {},
    });

  test('goes on from the checkpoint of the other job, then from its own', async () => {
    expect(await restoreFork([], origin)).toEqual(stateAt(20));
    expect(await restoreFork([25], origin)).toEqual(stateAt(25));
  });

  test('never starts from the seed: without its file it fails', async () => {
    const flipped = Uint8Array.from(origin);
    flipped[flipped.length - 1]! ^= 1;
    await expect(restoreFork([], flipped)).rejects.toMatchObject({ code: 'CHECKPOINT_DAMAGED' });
  });
});

test('the newest checkpoint is used and no other is read', async () => {
  const { start, asked, alarms } = await restoreFrom(
    new Map([
      [20, fileAt(20)],
      [10, fileAt(10)],
    ]),
  );
  expect(start).toEqual(stateAt(20));
  expect([asked, alarms]).toEqual([[20], []]);
});

test.each<[what: string, newest: Uint8Array | Error, code: string]>([
  ['cut off', fileAt(20).subarray(0, -4), 'CHECKPOINT_DAMAGED'],
  ['of another step', fileAt(19), 'CHECKPOINT_DAMAGED'],
  [
    'found damaged by the api',
    new DescentError('ARTIFACT_DAMAGED', { hash, actual: 'f'.repeat(64) }),
    'ARTIFACT_DAMAGED',
  ],
  ['without its file', new DescentError('ARTIFACT_NOT_FOUND', { hash }), 'ARTIFACT_NOT_FOUND'],
  ['gone', new DescentError('CHECKPOINT_NOT_FOUND', { jobId, checkpoint: 'ck_20' }), 'CHECKPOINT_NOT_FOUND'],
])(
  'a newest checkpoint that is %s raises an alarm and the next older one is used',
  async (_, newest, code) => {
    const { start, asked, alarms } = await restoreFrom(
      new Map([
        [20, newest],
        [10, fileAt(10)],
      ]),
    );
    expect(start).toEqual(stateAt(10));
    expect(asked).toEqual([20, 10]);
    expect(alarms).toMatchObject([{ code }]);
  },
);

test('without a checkpoint the parameters are drawn from the seed', async () => {
  const { start } = await restoreFrom(new Map(), 5);
  expect(start).toEqual({
    version: 0,
    ledgerHash: hash,
    evaluated: undefined,
    parameters: initializeParameters(layout, 5),
    slots: undefined,
  });
  expect(new Set(start.parameters).size).toBe(13);
  expect((await restoreFrom(new Map(), 6)).start.parameters).not.toEqual(start.parameters);
});

test('when every checkpoint is damaged training starts again, with an alarm for each', async () => {
  const { start, alarms } = await restoreFrom(
    new Map([
      [20, new Uint8Array(3)],
      [10, new Uint8Array(3)],
    ]),
  );
  expect(start).toMatchObject({ version: 0, parameters: initializeParameters(layout, 1) });
  expect(alarms.map(({ message }) => message)).toEqual([
    `Checkpoint of job ${jobId} at step 20 is damaged: it is not a safetensors file`,
    `Checkpoint of job ${jobId} at step 10 is damaged: it is not a safetensors file`,
  ]);
});

test('an api that cannot be reached is no damage: nothing older is taken', async () => {
  const files = new Map<number, Uint8Array | DescentError>([
    [20, new DescentError('UNAVAILABLE', { part: 'The api' })],
    [10, fileAt(10)],
  ]);
  await expect(restoreFrom(files)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test.each([
  ['all', Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)],
  ['frozen', initializeParameters(layout, 3).subarray(0, 12)],
] as const)('an imported model starts from its weights: %s', async (of, expected) => {
  const weights = tensor(
    'float32',
    [4, 3],
    Float32Array.from({ length: 12 }, (_, index) => index + 1),
  );
  const { plan, ...rest } = claim(3, []);
  const start = await restore({
    layout,
    onDamaged: () => undefined,
    claim: { ...rest, plan: { ...plan, initialWeights: { hash, of } } },
    truth: createFakeTruth({ getArtifact: async () => encodeSafetensors([['w', weights]]) }),
  });
  expect(start.parameters.subarray(0, 12)).toEqual(expected);
});

test('imported weights of another shape are refused by name', async () => {
  const weights = tensor('float32', [3, 4], new Float32Array(12));
  const { plan, ...rest } = claim(3, []);
  const starting = restore({
    layout,
    onDamaged: () => undefined,
    claim: { ...rest, plan: { ...plan, initialWeights: { hash, of: 'all' } } },
    truth: createFakeTruth({ getArtifact: async () => encodeSafetensors([['w', weights]]) }),
  });
  await expect(starting).rejects.toMatchObject({
    code: 'SAFETENSORS_INVALID',
    message: expect.stringMatching(/"w".*3.*4/),
  });
});
