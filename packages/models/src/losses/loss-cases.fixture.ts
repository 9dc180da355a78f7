import type { Feeds } from '@descent/autodiff';
import { tensor } from '@descent/tensors';
import { compiled, floats } from '../reference.fixture.ts';

/** A loss on predictions that are the input plus a parameter of the same shape. */
export interface LossCase {
  readonly name: string;
  readonly loss: { readonly type: string; readonly [field: string]: unknown };
  /** Of one prediction. */
  readonly shape: readonly number[];
  /** The predictions by name, one array of elements per sample. */
  readonly x: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly y?: readonly (readonly number[])[];
  readonly labelShape?: readonly number[];
  readonly codes?: boolean;
  /** Loss of each sample. */
  readonly expected: readonly number[];
}

const logits = [
  [0.5, -1, 2],
  [1.5, 0.25, -0.75],
];
const logSoftmax = (x: readonly number[]) => {
  const total = Math.log(x.reduce((sum, value) => sum + Math.exp(value), 0));
  return x.map((value) => value - total);
};
const nll = (x: readonly number[], label: number) => -logSoftmax(x)[label]!;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const [first, second] = logits as [number[], number[]];
const targets = [
  [0, 0, 0],
  [1, 2, 3],
];
const classLabels = { y: [[2], [1]], labelShape: [], codes: true };
const cross = (fields: object = {}) => ({ type: 'softmaxCrossEntropy', labels: 'y', ...fields });
const sequence = { shape: [2, 3], x: { out: [[...first, ...second]] }, labelShape: [2], codes: true };
const ctcLogits = [
  [0.1, 0.6, -0.4, 1, -0.2, 0.3, 0, 0.5, 0.5, -1, 0.25, 0.75],
  [0.3, 0.2, 0.1, 0.9, -0.9, 0, 1.5, 0.5, -0.5, 0, 0, 0],
];

// "PyTorch" marks numbers that torch 1.13 gives for the same values.
export const lossCases: readonly LossCase[] = [
  {
    name: 'class numbers',
    loss: cross(),
    shape: [3],
    x: { out: logits },
    ...classLabels,
    expected: [nll(first, 2), nll(second, 1)],
  },
  {
    name: 'label smoothing (PyTorch)',
    loss: cross({ labelSmoothing: 0.1 }),
    shape: [3],
    x: { out: logits },
    ...classLabels,
    expected: [0.3913113474845886, 1.5723391771316528],
  },
  {
    name: 'class weights (PyTorch)',
    loss: cross({ classWeights: [1, 2, 0.5] }),
    shape: [3],
    x: { out: logits },
    ...classLabels,
    expected: [0.12065566331148148, 3.1613452434539795],
  },
  {
    name: 'an ignored label',
    loss: cross({ ignoreIndex: -1 }),
    shape: [3],
    x: { out: logits },
    ...classLabels,
    y: [[-1], [1]],
    expected: [0, nll(second, 1)],
  },
  {
    name: 'a sequence: the mean over its positions',
    loss: cross(),
    ...sequence,
    y: [[2, 1]],
    expected: [mean([nll(first, 2), nll(second, 1)])],
  },
  {
    name: 'a sequence with ignored labels: the mean over those that count',
    loss: cross({ ignoreIndex: 255, labelSmoothing: 0.2, classWeights: [3, 1, 2] }),
    ...sequence,
    x: {
      out: [
        [...first, ...second],
        [...second, ...first],
        [...first, ...first],
      ],
    },
    y: [
      [255, 0],
      [1, 2],
      [255, 255],
    ],
    expected: [
      3 * (0.8 * nll(second, 0) + 0.2 * mean([0, 1, 2].map((label) => nll(second, label)))),
      mean([
        0.8 * nll(second, 1) + 0.2 * mean([0, 1, 2].map((label) => nll(second, label))),
        2 * (0.8 * nll(first, 2) + 0.2 * mean([0, 1, 2].map((label) => nll(first, label)))),
      ]),
      0,
    ],
  },
  {
    name: 'shares of classes, smoothed and weighted',
    loss: cross({ labelKind: 'probabilities', labelSmoothing: 0.1, classWeights: [1, 2, 4] }),
    shape: [3],
    x: { out: logits },
    y: [
      [0, 0, 1],
      [0.25, 0.75, 0],
    ],
    labelShape: [3],
    expected: [
      4 * (0.9 * nll(first, 2) + 0.1 * mean([0, 1, 2].map((label) => nll(first, label)))),
      1.75 *
        (0.9 * (0.25 * nll(second, 0) + 0.75 * nll(second, 1)) +
          0.1 * mean([0, 1, 2].map((label) => nll(second, label)))),
    ],
  },
  {
    name: 'plain',
    loss: { type: 'sigmoidCrossEntropy', labels: 'y' },
    shape: [2],
    x: { out: [[0, Math.log(3)]] },
    y: [[1, 0]],
    expected: [mean([Math.LN2, Math.log(4)])],
  },
  {
    name: 'a positive weight (PyTorch)',
    loss: { type: 'sigmoidCrossEntropy', labels: 'y', positiveWeight: 3 },
    shape: [3],
    x: { out: logits },
    y: [
      [1, 0, 1],
      [0, 1, 0],
    ],
    expected: [0.7054255604743958, 1.2720341682434082],
  },
  {
    name: 'smoothed, with ignored elements',
    loss: { type: 'sigmoidCrossEntropy', labels: 'y', labelSmoothing: 0.2, ignoreIndex: -1 },
    shape: [2],
    x: {
      out: [
        [0, Math.log(3)],
        [0, 5],
        [1, 1],
      ],
    },
    y: [
      [1, 0],
      [-1, 1],
      [-1, -1],
    ],
    expected: [
      mean([Math.LN2, 0.1 * Math.log(4 / 3) + 0.9 * Math.log(4)]),
      0.9 * Math.log(1 + Math.exp(-5)) + 0.1 * Math.log(1 + Math.exp(5)),
      0,
    ],
  },
  {
    name: 'squares',
    loss: { type: 'meanSquaredError', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: targets,
    expected: [(0.25 + 1 + 4) / 3, (0.25 + 1.75 ** 2 + 3.75 ** 2) / 3],
  },
  {
    name: 'sizes',
    loss: { type: 'meanAbsoluteError', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: targets,
    expected: [3.5 / 3, (0.5 + 1.75 + 3.75) / 3],
  },
  {
    name: 'both sides of delta (PyTorch)',
    loss: { type: 'huber', labels: 'y', delta: 1.5 },
    shape: [3],
    x: { out: logits },
    y: targets,
    expected: [0.8333333134651184, 2.0416667461395264],
  },
  {
    name: 'small and huge differences',
    loss: { type: 'logCosh', labels: 'y' },
    shape: [2],
    x: { out: [[0.5, -300]] },
    y: [[0, 0]],
    expected: [mean([Math.log(Math.cosh(0.5)), 300 - Math.LN2])],
  },
  {
    name: 'labels 0 and 1 as well as −1 and 1',
    loss: { type: 'hinge', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: [
      [1, -1, -1],
      [1, 0, 0],
    ],
    expected: [(0.5 + 0 + 3) / 3, (0 + 1.25 + 0.25) / 3],
  },
  {
    name: 'squares of the shortfall',
    loss: { type: 'squaredHinge', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: [
      [1, -1, -1],
      [1, 0, 0],
    ],
    expected: [(0.25 + 9) / 3, (1.25 ** 2 + 0.0625) / 3],
  },
  {
    name: 'the best other class',
    loss: { type: 'categoricalHinge', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: [[0], [0]],
    labelShape: [],
    codes: true,
    expected: [1 + 2 - 0.5, 0],
  },
  {
    name: 'one-hot labels',
    loss: { type: 'categoricalHinge', labels: 'y', labelKind: 'probabilities' },
    shape: [3],
    x: { out: logits },
    y: [
      [1, 0, 0],
      [0, 1, 0],
    ],
    expected: [2.5, 1 + 1.5 - 0.25],
  },
  {
    name: 'with a share of 0 (PyTorch)',
    loss: { type: 'klDivergence', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: [
      [0.2, 0.3, 0.5],
      [0, 0.25, 0.75],
    ],
    expected: [0.4116583466529846, 1.7683374881744385],
  },
  {
    name: 'angles, and a vector of zeros',
    loss: { type: 'cosineSimilarity', labels: 'y' },
    shape: [2],
    x: {
      out: [
        [3, 4],
        [1, 0],
        [-1, 1],
      ],
    },
    y: [
      [4, 3],
      [0, 0],
      [2, -2],
    ],
    expected: [-24 / 25, 0, 1],
  },
  {
    name: 'logarithms of rates (PyTorch)',
    loss: { type: 'poisson', labels: 'y' },
    shape: [3],
    x: { out: logits },
    y: targets,
    expected: [3.135218858718872, 2.162693738937378],
  },
  {
    name: 'rates',
    loss: { type: 'poisson', labels: 'y', logInput: false },
    shape: [2],
    x: { out: [[2, 0.5]] },
    y: [[3, 1]],
    expected: [mean([2 - 3 * Math.log(2 + 1e-7), 0.5 - Math.log(0.5 + 1e-7)])],
  },
  {
    name: 'alike, different and near, different and far',
    loss: { type: 'contrastive', labels: 'y', embeddings: ['a', 'b'], margin: 2 },
    shape: [2],
    x: {
      a: [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      b: [
        [3, 4],
        [0.6, 0.8],
        [3, 4],
      ],
    },
    y: [[1], [0], [0]],
    labelShape: [],
    expected: [12.5, 0.5, 0],
  },
  {
    name: 'distances (PyTorch)',
    loss: { type: 'triplet', embeddings: ['anchor', 'same', 'other'] },
    shape: [2],
    x: {
      anchor: [
        [0, 0],
        [1, 1],
      ],
      same: [
        [1, 0],
        [1, 2],
      ],
      other: [
        [0.5, 0.5],
        [5, 5],
      ],
    },
    expected: [1.2928931713104248, 0],
  },
  {
    name: 'squared distances',
    loss: { type: 'triplet', embeddings: ['anchor', 'same', 'other'], distance: 'squared', margin: 0.25 },
    shape: [2],
    x: { anchor: [[0, 0]], same: [[1, 0]], other: [[0.5, 0.5]] },
    expected: [1 - 0.5 + 0.25],
  },
  {
    name: 'different and equal labels in a row (PyTorch)',
    loss: { type: 'ctc', labels: 'y', labelLength: 2 },
    shape: [4, 3],
    x: { out: ctcLogits },
    y: [
      [1, 2],
      [1, 1],
    ],
    labelShape: [2],
    codes: true,
    expected: [1.327463150024414, 2.326261281967163],
  },
  {
    name: 'shorter labels (PyTorch), and none',
    loss: { type: 'ctc', labels: 'y', labelLength: 2 },
    shape: [4, 3],
    x: { out: [...ctcLogits, ctcLogits[0]!] },
    y: [
      [1, 2],
      [2, -1],
      [-1, -1],
    ],
    labelShape: [2],
    codes: true,
    expected: [
      1.327463150024414,
      1.8521981239318848,
      [0, 3, 6, 9].reduce((sum, at) => sum + nll(ctcLogits[0]!.slice(at, at + 3), 0), 0),
    ],
  },
  {
    name: 'the mean over elements of a value',
    loss: { type: 'custom', value: 'out' },
    shape: [3],
    x: { out: logits },
    expected: [0.5, 1 / 3],
  },
];

export function modelOf({ loss, shape, x }: LossCase) {
  const names = Object.keys(x);
  return compiled({
    inputs: Object.fromEntries(names.map((name) => [`${name}_in`, { shape }])),
    parameters: Object.fromEntries(names.map((name) => [`${name}_p`, { shape, initializer: 'zeros' }])),
    nodes: names.map((name) => ({ op: 'Add', name, inputs: [`${name}_in`, `${name}_p`] })),
    loss,
  });
}

export function feedsOf(
  { shape, x, y, labelShape = shape, codes }: LossCase,
  samples: readonly number[],
): Feeds {
  const rows = (values: readonly (readonly number[])[]) => samples.flatMap((sample) => values[sample]!);
  const feeds: Record<string, Feeds[string]> = {};
  for (const [name, values] of Object.entries(x)) {
    feeds[`${name}_in`] = floats([samples.length, ...shape], rows(values));
    feeds[`${name}_p`] = floats(
      shape,
      values[0]!.map(() => 0),
    );
  }
  if (y !== undefined) {
    const sizes = [samples.length, ...labelShape];
    feeds.y = codes === true ? tensor('int32', sizes, Int32Array.from(rows(y))) : floats(sizes, rows(y));
  }
  return feeds;
}
