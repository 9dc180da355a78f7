import { JobCreate, validate } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { compileModel } from './compile-model.ts';
import { trainingGraph } from './graphs.ts';
import { price } from './price.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Random = (below: number) => number;
type Layers = { [key: string]: Json }[];

/** A job that is fine; a hostile one is this with something hostile in it. */
const job = (model: Record<string, Json>, training: Record<string, Json> = {}): Json => ({
  model: {
    inputs: { x: { shape: [8] } },
    layers: [{ type: 'dense', units: 3 }],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    ...model,
  },
  data: { dataset: 'builtin:mnist' },
  training: { epochs: 1, batchSize: 32, optimizer: { type: 'sgd', learningRate: 0.1 }, ...training },
});
const layers = (...list: Layers) => job({ layers: [...list, { type: 'dense', units: 3 }] });
const times = (random: Random, least: number, most: number) => least + random(most - least);

function repeated(depth: number, count: number): Layers {
  let inner: Layers = [{ type: 'dense', units: 8 }];
  for (let level = 0; level < depth; level++) inner = [{ type: 'repeat', times: count, layers: inner }];
  return inner;
}

function nested(type: 'residual' | 'repeat', depth: number): Layers {
  let inner: Layers = [{ type: 'activation', activation: 'relu' }];
  for (let level = 0; level < depth; level++) {
    inner = [{ type, layers: inner, ...(type === 'repeat' ? { times: 1 } : {}) }];
  }
  return inner;
}

/** Each makes one kind of spec that must be refused, from a source of random numbers. */
const kinds: readonly ((random: Random) => Json)[] = [
  (random) => layers({ type: 'dense', units: times(random, 30_000_000, 0x7fffffff) }),
  (random) =>
    layers(...Array.from({ length: 4 }, () => ({ type: 'dense', units: times(random, 20_000, 1e6) }))),
  (random) => job({ inputs: { x: { shape: [times(random, 70_000, 1e6), times(random, 40_000, 1e6)] } } }),
  (random) => job({ inputs: { x: { shape: Array.from({ length: times(random, 20, 2000) }, () => 2) } } }),
  (random) => layers(...repeated(times(random, 3, 8), times(random, 40, 1000))),
  (random) => layers(...nested('residual', times(random, 200, 3000))),
  (random) => layers(...nested('repeat', times(random, 200, 3000))),
  (random) =>
    layers(...Array.from({ length: times(random, 10_001, 20_000) }, () => ({ type: 'dropout', rate: 0.5 }))),
  (random) =>
    layers({ type: ['lambda', 'constructor', '__proto__', 'toString', ''][random(5)] as string, units: 1 }),
  (random) => layers({ type: 'dense', units: [-1, 0, 1.5, 1e300, -0.5, 2 ** 53][random(6)] as number }),
  (random) => layers({ type: 'dense', units: 3, [`x${random(1e9)}`]: 1 }),
  (random) => layers({ type: 'dense', units: 3, name: 'n'.repeat(times(random, 1000, 200_000)) }),
  (random) => layers({ type: 'dense', units: 3, name: `../${random(1e9)}\u0000` }),
  (random) => layers({ type: 'dense', units: 3, inputs: [`nothing${random(1e9)}`] }),
  (random) => {
    const count = times(random, 3, 300);
    const ring = Array.from({ length: count }, (_, index) => ({
      type: 'dense',
      units: 8,
      name: `n${index}`,
      inputs: [`n${(index + 1) % count}`],
    }));
    return layers(...ring);
  },
  (random) =>
    job({
      inputs: { x: { shape: [times(random, 20_000, 1_000_000), 4] } },
      layers: [
        { type: ['lstm', 'gru', 'simpleRnn'][random(3)] as string, units: 8 },
        { type: 'dense', units: 3 },
      ],
    }),
  (random) =>
    job({
      inputs: { x: { shape: [8], dtype: 'int32' } },
      layers: [
        { type: 'embedding', symbols: times(random, 1e7, 0x7fffffff), units: times(random, 100, 10_000) },
        { type: 'flatten' },
        { type: 'dense', units: 3 },
      ],
    }),
  (random) =>
    job({
      inputs: { x: { shape: [16, 16, 3] } },
      layers: [{ type: 'conv2d', filters: 8, kernelSize: times(random, 17, 10_000), padding: 'valid' }],
    }),
  (random) => {
    const call = { type: 'call', function: 'f' };
    return job({
      functions: { f: { inputs: ['x'], layers: [call] } },
      layers: Array.from({ length: times(random, 1, 20) }, () => call),
    });
  },
  (random) =>
    job({ checkpointing: Array.from({ length: times(random, 1, 30_000) }, (_, index) => `n${index}`) }),
  (random) => job({}, { batchSize: [0, -1, 1e12, 1.5][random(4)] as number }),
  (random) => job({}, { microBatches: times(random, 1025, 1e9) }),
  (random) => job({}, { optimizer: { type: 'adam', learningRate: [-1, 0, 'a', null][random(4)] as Json } }),
  (random) => job({ metrics: Array.from({ length: times(random, 257, 20_000) }, () => 'accuracy') }),
  (random) => job({ loss: Array.from({ length: times(random, 1000, 20_000) }, () => ({ type: 'x' })) }),
  (random) => [null, true, random(10), 'text', [], {}, [[[]]]][random(7)] as Json,
];

/** The same specs for the same seed. */
export function* hostileSpecs(seed: number, count: number): Generator<{ kind: number; spec: Json }> {
  const random = generator(seed);
  for (let index = 0; index < count; index++) {
    const kind = index % kinds.length;
    yield { kind, spec: (kinds[kind] as (typeof kinds)[number])(random) };
  }
}

export const hostileKinds = kinds.length;

export interface Decision {
  /** Code of the refusal; null: accepted; what is no refusal of ours is thrown. */
  readonly code: string | null;
  readonly status: number | null;
  readonly ms: number;
}

/** Everything that the api does with a request before it looks at data. */
export function decideSpec(spec: unknown, workerMemoryBytes = 16 * 2 ** 30): Decision {
  const startedAt = performance.now();
  const decided = (code: string | null, status: number | null): Decision => ({
    code,
    status,
    ms: performance.now() - startedAt,
  });
  try {
    const { model: spec_, training } = validate(JobCreate, spec);
    const { batchSize, microBatches = 1, epochs } = training;
    if (microBatches > batchSize) return decided('REQUEST_INVALID', 422);
    const model = compileModel(spec_);
    const question = { batchSize, microBatches, datasetCount: 60_000, epochs, optimizerSlots: 2 };
    const priced = price(model, question, trainingGraph(model));
    if (priced.workerMemoryBytes > workerMemoryBytes) return decided('JOB_TOO_LARGE', 422);
    return decided(null, null);
  } catch (error) {
    if (!isDescentError(error)) throw error;
    return decided(error.code, error.statusCode);
  }
}

/** mulberry32 */
function generator(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
