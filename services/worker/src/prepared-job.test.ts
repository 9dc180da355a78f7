import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate, type Feeds, type Graph, graphHash } from '@descent/autodiff';
import { JobCreate, type TrainingPlan, validate } from '@descent/contracts';
import {
  createMemoryArtifacts,
  ingestFile,
  type SampleSelection,
  sampleOrder,
  selectSamples,
} from '@descent/datasets';
import { createOnnxEngine, type Engine } from '@descent/engines';
import {
  type Assignment,
  readSums,
  readTimings,
  sumsBlockBytes,
  timingsBytes,
} from '@descent/gradient-channel';
import {
  compileModel,
  dropoutMask,
  evaluationGraph,
  initializeParameters,
  price,
  roundingKey,
  sumCount,
  trainingGraph,
  viewOf,
} from '@descent/models';
import { FlatMemory, gradientFormat, parameterFormat } from '@descent/optimizers';
import { elementCount, type Tensor, tensor } from '@descent/tensors';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PreparedJob, prepareJob, type Result } from './prepared-job.ts';

const kinds = ['ash', 'elm', 'oak'];
/** Every row another one, so that a wrong sample changes every sum. */
const rows = Array.from({ length: 20 }, (_, row) => ({
  x: [Math.fround(Math.sin(row)), Math.fround(Math.cos(3 * row)), Math.fround(row / 8 - 1)],
  kind: (row * 7) % 3,
}));
const request = validate(JobCreate, {
  model: {
    inputs: { x: { shape: [3] } },
    layers: [
      { type: 'dense', name: 'hidden', units: 5, activation: 'tanh' },
      { type: 'dropout', name: 'drop', rate: 0.5 },
      { type: 'dense', name: 'out', units: 3 },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'kind' },
    metrics: ['accuracy'],
  },
  data: {
    dataset: 'builtin:trees',
    validation: { ratio: 0.25 },
    inputs: { x: { columns: ['a', 'b', 'c'] } },
  },
  training: { epochs: 2, batchSize: 6, microBatches: 2, optimizer: { type: 'sgd', learningRate: 0.1 } },
});
const seed = 11;
const model = compileModel(request.model);
const graph = trainingGraph(model);
const parameters = initializeParameters(model.layout, 3);
const shards = createMemoryArtifacts();

let folder: string;
let engine: Engine;
let plan: TrainingPlan;
let job: PreparedJob;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepared-job-'));
  const path = join(folder, 'trees.csv');
  const lines = rows.map(({ x, kind }) => [...x, kinds[kind]].join(','));
  await writeFile(path, ['a,b,c,kind', ...lines].join('\n'));
  const manifest = await ingestFile({ path, sink: shards });
  const question = { batchSize: 6, microBatches: 2, datasetCount: 15, epochs: 2, optimizerSlots: 0 };
  plan = {
    jobId: 'job_01JTESTTESTTESTTESTTESTTES',
    request,
    manifest,
    microBatches: 2,
    seed,
    samples: { train: 15, validation: 5 },
    price: price(model, question, graph),
    graphHash: graphHash(graph),
  };
  engine = await createOnnxEngine();
});

beforeEach(async () => {
  job = await prepareJob({ plan, parameters, engine, shards });
  return () => job.dispose();
});

afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

/** Samples of the micro-batches, from one bound to the next. */
const train = (bounds: readonly number[], epoch = 0): Assignment => ({ kind: 'train', epoch, bounds });
const compute = async (assignment: Assignment, step: number, microBatch: number, of: PreparedJob = job) => {
  const { payload, release } = await of.compute({
    ...assignment,
    step,
    microBatch,
    pull: 1,
    waitMs: 1,
    pullMs: 2,
  });
  const copy = payload.slice();
  release();
  return { payload: copy };
};
type Copied = Pick<Result, 'payload'>;
const sumsOf = ({ payload }: Copied) => readSums(payload, sumCount(model.metrics));
const ahead = sumsBlockBytes(sumCount(model.metrics));
/** All but the timings. */
const bitsOf = ({ payload }: Copied) =>
  Buffer.concat([payload.subarray(0, ahead), payload.subarray(ahead + timingsBytes)]).toString('hex');
const elementsOf = ({ payload }: Copied) => new Float32Array(payload.slice(ahead + timingsBytes).buffer);

/** The reference evaluation of the same micro-batch, fed from the rows themselves. */
function reference(of: Graph, samples: Uint32Array, step: number, microBatch: number) {
  const batch = samples.length;
  const chosen = [...samples].map((sample) => rows[sample]!);
  const feeds: Record<string, Tensor> = {
    x: tensor('float32', [batch, 3], Float32Array.from(chosen.flatMap(({ x }) => x))),
    kind: tensor(
      'int32',
      [batch],
      Int32Array.from(chosen, ({ kind }) => kind),
    ),
  };
  for (const entry of model.layout.entries) {
    feeds[entry.name] = tensor('float32', entry.shape, viewOf(parameters, entry));
  }
  for (const { name, shape, rate, index } of model.randomInputs) {
    const mask = new Float32Array(batch * elementCount(shape));
    dropoutMask(mask, rate, index, { seed, step, microBatch });
    feeds[name] = tensor('float32', [batch, ...shape], mask);
  }
  return evaluate(of, feeds satisfies Feeds, { batch }).outputs;
}

function expectClose(actual: ArrayLike<number>, expected: Tensor): void {
  expect(actual.length).toBe(expected.data.length);
  Array.from(expected.data, Number).forEach((value, index) => {
    expect(Math.abs(actual[index]! - value)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(value)));
  });
}

function expectReference(result: Copied, selection: SampleSelection, assignment: Assignment, at: number[]) {
  const order = sampleOrder(selection, seed, assignment.epoch);
  const samples = order.subarray(assignment.bounds[0], assignment.bounds[1]);
  const expected = reference(graph, samples, at[0]!, at[1]!);
  const { samples: count, loss, metrics } = sumsOf(result);
  expect(count).toBe(samples.length);
  expectClose([loss], expected.get('loss')!);
  expectClose(metrics, expected.get('metric/accuracy')!);
  const gradients = elementsOf(result);
  expect(gradients.length).toBe(model.layout.elements);
  for (const entry of model.layout.entries) {
    expectClose(viewOf(gradients, entry), expected.get(`gradient/${entry.name}`)!);
  }
}

const selected = () => selectSamples(request.data, plan.manifest, seed);

test('sums and gradients of a micro-batch are those of the reference evaluation', async () => {
  const assignment = train([3, 6]);
  const result = await compute(assignment, 4, 1);
  expectReference(result, selected().train, assignment, [4, 1]);
});

test('the samples are those of the order of the epoch', async () => {
  const { train: selection } = selected();
  expect(sampleOrder(selection, seed, 1)).not.toEqual(sampleOrder(selection, seed, 0));
  for (const epoch of [1, 0, 1]) {
    const assignment = train([9, 15], epoch);
    expectReference(await compute(assignment, 4, 0), selection, assignment, [4, 0]);
  }
});

test('between the parameters the gradients are zero', async () => {
  const gradients = elementsOf(await compute(train([0, 6]), 0, 0));
  const isParameter = new Set(
    model.layout.entries.flatMap(({ offset, length }) => Array.from({ length }, (_, i) => offset + i)),
  );
  const between = gradients.filter((_, index) => !isParameter.has(index));
  expect(between.length).toBeGreaterThan(0);
  expect([...between]).toEqual([...between].fill(0));
});

test('batch sizes follow each other, each as if it were the only one', async () => {
  const { train: selection } = selected();
  for (const [start, end] of [
    [0, 3],
    [3, 15],
    [14, 15],
    [0, 3],
  ] as const) {
    const assignment = train([start, end]);
    expectReference(await compute(assignment, 2, 0), selection, assignment, [2, 0]);
  }
});

test('a micro-batch that is computed twice has the same dropout, down to the bits', async () => {
  const first = bitsOf(await compute(train([0, 6]), 5, 1));
  const other = await prepareJob({ plan, parameters, engine, shards });
  expect(bitsOf(await compute(train([0, 6]), 5, 1, other))).toBe(first);
  other.dispose();
  await compute(train([0, 6]), 6, 1);
  expect(bitsOf(await compute(train([0, 6]), 5, 1))).toBe(first);
});

test('another step and another micro-batch drop other units', async () => {
  const results = new Set([
    bitsOf(await compute(train([0, 6]), 5, 1)),
    bitsOf(await compute(train([0, 6]), 6, 1)),
    bitsOf(await compute(train([0, 6]), 5, 0)),
  ]);
  expect(results.size).toBe(3);
});

test('parameters that arrive later are those of the next result', async () => {
  const own = parameters.slice();
  const fresh = await prepareJob({ plan, parameters: own, engine, shards });
  await compute(train([0, 6]), 0, 0, fresh);
  own.fill(0);
  // Equal logits: every class has probability ⅓.
  expect(sumsOf(await compute(train([0, 6]), 0, 0, fresh)).loss).toBeCloseTo(6 * Math.log(3), 5);
  fresh.dispose();
});

test('an evaluation takes the validation samples in ascending order, drops nothing and has no gradients', async () => {
  const { validation } = selected();
  expect(validation!.count).toBe(5);
  const result = await compute({ kind: 'evaluate', epoch: 1, bounds: [1, 5] }, 8, 0);
  expect(result.payload.byteLength).toBe(ahead + timingsBytes);
  const expected = reference(evaluationGraph(model), validation!.indices!.subarray(1, 5), 8, 0);
  const { samples, loss, metrics } = sumsOf(result);
  expect(samples).toBe(4);
  expectClose([loss], expected.get('loss')!);
  expectClose(metrics, expected.get('metric/accuracy')!);
});

test('a node has the bits of its micro-batches, added in the order of the tree', async () => {
  const wide = { ...plan, microBatches: 3 };
  const own = await prepareJob({ plan: wide, parameters, engine, shards });
  const one = async (at: number) => compute(train([5 * at, 5 * (at + 1)]), 4, at, own);
  const [a, b, c] = [await one(0), await one(1), await one(2)];
  const sum = (of: (result: Copied) => ArrayLike<number>, round: (value: number) => number) =>
    Array.from(of(a), (value, index) => round(round(value + of(b)[index]!) + of(c)[index]!));
  const node = await compute(train([0, 5, 10, 15]), 4, 0, own);
  expect([...elementsOf(node)]).toEqual(sum(elementsOf, Math.fround));
  const { samples, loss } = sumsOf(node);
  expect([samples, loss]).toEqual([15, sumsOf(a).loss + sumsOf(b).loss + sumsOf(c).loss]);
  own.dispose();
});

test('several slices of an evaluation are one result', async () => {
  const whole = sumsOf(await compute({ kind: 'evaluate', epoch: 0, bounds: [0, 2, 5] }, 8, 0));
  const parts = [
    sumsOf(await compute({ kind: 'evaluate', epoch: 0, bounds: [0, 2] }, 8, 0)),
    sumsOf(await compute({ kind: 'evaluate', epoch: 0, bounds: [2, 5] }, 8, 1)),
  ];
  expect(whole).toEqual({
    samples: 5,
    loss: parts[0]!.loss + parts[1]!.loss,
    metrics: [parts[0]!.metrics[0]! + parts[1]!.metrics[0]!],
  });
});

test('looking ahead changes no bit, whether it was right or wrong', async () => {
  const fresh = await prepareJob({ plan, parameters, engine, shards });
  const expected = [
    await compute(train([6, 9, 12]), 5, 0, fresh),
    await compute(train([0, 3, 6]), 9, 0, fresh),
  ];
  await compute(train([0, 3, 6]), 4, 0);
  job.lookAhead();
  expect(bitsOf(await compute(train([6, 9, 12]), 5, 0))).toBe(bitsOf(expected[0]!));
  job.lookAhead();
  expect(bitsOf(await compute(train([0, 3, 6]), 9, 0))).toBe(bitsOf(expected[1]!));
  fresh.dispose();
});

test('a result says where its time went', async () => {
  const { payload } = await compute(train([0, 3, 6]), 0, 0);
  const { wait, pull, data, compute: computed, sum } = readTimings(payload.subarray(ahead));
  expect([wait, pull]).toEqual([1, 2]);
  for (const spent of [data, computed, sum]) expect(spent).toBeGreaterThan(0);
});

test('a plan of another graph is refused with both hashes', async () => {
  const expected = '0'.repeat(64);
  const other = prepareJob({ plan: { ...plan, graphHash: expected }, parameters, engine, shards });
  await expect(other).rejects.toMatchObject({
    code: 'GRAPH_MISMATCH',
    details: { actual: plan.graphHash, expected },
  });
});

test('an assignment beyond the samples is refused, and the next one works', async () => {
  await expect(compute(train([12, 16]), 0, 0)).rejects.toMatchObject({
    code: 'FRAME_MALFORMED',
    message: expect.stringContaining('samples 12 to 16 do not all exist'),
  });
  await expect(compute({ kind: 'evaluate', epoch: 0, bounds: [0, 6] }, 0, 0)).rejects.toMatchObject({
    code: 'FRAME_MALFORMED',
  });
  expect(sumsOf(await compute(train([12, 15]), 0, 0)).samples).toBe(3);
});

test('an evaluation of a job without validation is refused', async () => {
  const { validation: _, ...data } = request.data;
  const blind = await prepareJob({
    plan: { ...plan, request: { ...request, data }, samples: { train: 20, validation: 0 } },
    parameters,
    engine,
    shards,
  });
  await expect(compute({ kind: 'evaluate', epoch: 0, bounds: [0, 1] }, 0, 0, blind)).rejects.toMatchObject({
    message: expect.stringContaining('there is nothing to evaluate'),
  });
  blind.dispose();
});

test('a job whose shards are gone is refused', async () => {
  const gone = prepareJob({ plan, parameters, engine, shards: createMemoryArtifacts() });
  await expect(gone).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
});

const planWith = (training: Partial<TrainingPlan['request']['training']>): TrainingPlan => ({
  ...plan,
  request: { ...plan.request, training: { ...plan.request.training, ...training } },
});

test('a participant trains on its mini-batches one after the other and sends its change', async () => {
  const learningRate = 0.25;
  const local = planWith({
    optimizer: { type: 'sgd', learningRate },
    synchronization: { mode: 'local', localSteps: 2 },
  });
  const own = await prepareJob({ plan: local, parameters, engine, shards });
  const result = await compute(train([0, 6]), 3, 1, own);
  own.dispose();

  // By hand: round 3 begins with mini-batch 6; a participant's share of a mini-batch is 6 / 2 samples.
  const moving = parameters.slice();
  const alone = await prepareJob({ plan, parameters: moving, engine, shards });
  const expected = { loss: 0, samples: 0 };
  for (const [step, bounds] of [
    [6, [0, 3]],
    [7, [3, 6]],
  ] as const) {
    const one = await compute(train(bounds), step, 1, alone);
    const gradient = elementsOf(one);
    for (const { offset, length, trainable } of model.layout.entries)
      for (let index = offset; trainable && index < offset + length; index++)
        moving[index] = moving[index]! - Math.fround(learningRate * Math.fround(gradient[index]! / 3));
    expected.loss += sumsOf(one).loss;
    expected.samples += sumsOf(one).samples;
  }
  alone.dispose();
  expect(sumsOf(result)).toMatchObject({ samples: expected.samples });
  expect(sumsOf(result).loss).toBeCloseTo(expected.loss, 5);
  const change = elementsOf(result);
  for (const { offset, length, trainable } of model.layout.entries)
    if (trainable)
      for (let index = offset; index < offset + length; index++)
        expect(change[index]).toBeCloseTo(parameters[index]! - moving[index]!, 5);
});

test('every round of a participant begins at the version, whatever it computed before', async () => {
  const local = planWith({ synchronization: { mode: 'local', localSteps: 2 } });
  const own = await prepareJob({ plan: local, parameters, engine, shards });
  const first = bitsOf(await compute(train([0, 6]), 3, 1, own));
  const scores = sumsOf(await compute({ kind: 'evaluate', epoch: 0, bounds: [0, 5] }, 8, 0, own));
  expect(scores).toEqual(sumsOf(await compute({ kind: 'evaluate', epoch: 0, bounds: [0, 5] }, 8, 0)));
  expect(bitsOf(await compute(train([0, 6]), 3, 1, own))).toBe(first);
  own.dispose();
});

test.each(['bf16', 'int8', { topK: 0.5 }] as const)(
  'compressed as %j, a result is that of the rounded parameters, encoded under the key of its place',
  async (compression) => {
    const { elements, trainableElements: compressed, gradientElements } = model.layout;
    const pull = parameterFormat(compression, { compressed, elements })!;
    const push = gradientFormat(compression, { compressed, elements: gradientElements })!;
    const { sent, rounded, flat, encoded, scratch } = new FlatMemory({
      sent: { count: 1, length: pull.length },
      rounded: { count: 2, length: elements },
      flat: { count: 1, length: gradientElements },
      encoded: { count: 1, length: push.length },
      scratch: { count: 1, length: push.scratchLength },
    }).buffers;
    rounded[0]!.floats.set(parameters);
    pull.pack(sent[0]!, rounded[0]!, 0);
    pull.unpack(rounded[1]!, sent[0]!);

    const options = { plan: planWith({ compression }), parameters: sent[0]!.floats, engine, shards };
    const own = await prepareJob(options);
    const result = await compute(train([0, 6]), 5, 1, own);
    own.dispose();
    const plain = await prepareJob({ plan, parameters: rounded[1]!.floats.slice(), engine, shards });
    const expected = await compute(train([0, 6]), 5, 1, plain);
    plain.dispose();
    flat[0]!.floats.set(elementsOf(expected));
    push.pack(encoded[0]!, flat[0]!, roundingKey({ seed, step: 5, microBatch: 1 }), scratch[0]);
    expect(sumsOf(result)).toEqual(sumsOf(expected));
    expect([...elementsOf(result)]).toEqual([...encoded[0]!.floats]);
  },
);
