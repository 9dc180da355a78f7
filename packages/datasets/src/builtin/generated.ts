import { sineAndCosine } from '../transforms/rotate.ts';
import type { BuiltinDataset } from './builtin-dataset.ts';
import { type MemoryColumn, memorySplit, numberColumn } from './memory-split.ts';
import { type RandomStream, randomStream } from './random.ts';

const generated = { licence: 'CC0', files: { from: 'generator' } } as const;
const sizes = { train: 4000, test: 1000 } as const;

/** Both splits, each from a stream of its own. */
function bothSplits(make: (random: RandomStream, count: number) => readonly MemoryColumn[]) {
  return async () => [
    memorySplit('train', make(randomStream(1), sizes.train)),
    memorySplit('test', make(randomStream(2), sizes.test)),
  ];
}

const labels = (name: string, values: readonly number[]): MemoryColumn => ({
  layout: { name, dtype: 'int32', shape: [] },
  data: Int32Array.from(values),
});
const points = (rows: readonly { readonly x: number; readonly y: number; readonly label: number }[]) => [
  numberColumn(
    'x',
    rows.map(({ x }) => x),
  ),
  numberColumn(
    'y',
    rows.map(({ y }) => y),
  ),
  labels(
    'label',
    rows.map(({ label }) => label),
  ),
];

export const spirals: BuiltinDataset = {
  id: 'builtin:spirals',
  title: 'Spirals: points of the plane on three arms that wind about each other',
  source: 'generated; after K. Lang and M. Witbrock, 1988',
  hash: '8a7226ae16d20e084f300b13e1684deafe0f7ccc51275ea24698f6f277f9f9ae',
  ...generated,
  open: bothSplits((random, count) =>
    points(
      Array.from({ length: count }, (_, index) => {
        const label = index % 3;
        const radius = random.uniform();
        const turn = radius * 4 - 2 + (label * 2 - 2) * 1.0471975511965976;
        const { sine, cosine } = sineAndCosine(
          turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn,
        );
        const noise = () => 0.02 * random.normal();
        return { x: radius * cosine + noise(), y: radius * sine + noise(), label };
      }),
    ),
  ),
};

export const moons: BuiltinDataset = {
  id: 'builtin:moons',
  title: 'Moons: points of the plane on two half circles that reach into each other',
  source: 'generated; as make_moons of scikit-learn',
  hash: '30ec62a679fd4520a11b7450d66945d3c83e775e0cb3d57974a2ec4a0f24f657',
  ...generated,
  open: bothSplits((random, count) =>
    points(
      Array.from({ length: count }, (_, index) => {
        const label = index % 2;
        const { sine, cosine } = sineAndCosine(Math.PI * random.uniform());
        const [x, y] = label === 0 ? [cosine, sine] : [1 - cosine, 0.5 - sine];
        return { x: x + 0.1 * random.normal(), y: y + 0.1 * random.normal(), label };
      }),
    ),
  ),
};

const seen = 32;

export const sinusoids: BuiltinDataset = {
  id: 'builtin:sinusoids',
  title: `Sinusoids: ${seen} noisy points of a wave of unknown phase, frequency and height, and the next one`,
  source: 'generated',
  hash: '2e8d37f9a44eb46e4c913a10967689ab8d12e10601fb31e5fc3024de14066faf',
  ...generated,
  open: bothSplits((random, count) => {
    const history = new Float32Array(count * seen);
    const next = new Float32Array(count);
    for (let sample = 0; sample < count; sample++) {
      const [phase, speed, height] = [
        random.uniform(),
        0.02 + 0.08 * random.uniform(),
        0.5 + random.uniform(),
      ];
      for (let step = 0; step <= seen; step++) {
        const turns = phase + speed * step;
        const { sine } = sineAndCosine(2 * Math.PI * (turns - Math.round(turns)));
        if (step === seen) next[sample] = height * sine;
        else history[sample * seen + step] = height * sine + 0.05 * random.normal();
      }
    }
    return [
      { layout: { name: 'history', dtype: 'float32', shape: [seen, 1] }, data: history },
      { layout: { name: 'next', dtype: 'float32', shape: [] }, data: next },
    ];
  }),
};

const symbols = 8;

/** Hochreiter & Schmidhuber's kind of memory test, as Graves et al. 2014 have it. */
export const copyTask: BuiltinDataset = {
  id: 'builtin:copy-task',
  title: `Copy task: ${symbols} symbols of 1 to 8, a sign (9) and blanks (0); the symbols are to be repeated after the sign`,
  source: 'generated; after A. Graves, G. Wayne, I. Danihelka, 2014',
  hash: '55ccd5f68a1ae68c263b4a0a652d841ada5f211864cdf39f925e8b700e46a641',
  ...generated,
  open: bothSplits((random, count) => {
    const length = 2 * symbols + 1;
    const input = new Int32Array(count * length);
    const target = new Int32Array(count * length);
    for (let sample = 0; sample < count; sample++) {
      const start = sample * length;
      input[start + symbols] = 9;
      for (let i = 0; i < symbols; i++) {
        const symbol = 1 + random.integer(8);
        input[start + i] = symbol;
        target[start + symbols + 1 + i] = symbol;
      }
    }
    return [
      { layout: { name: 'input', dtype: 'int32', shape: [length] }, data: input },
      { layout: { name: 'target', dtype: 'int32', shape: [length] }, data: target },
    ];
  }),
};
