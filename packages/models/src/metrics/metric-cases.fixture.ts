import type { Feeds } from '@descent/autodiff';
import { tensor } from '@descent/tensors';
import { compiled, floats } from '../reference.fixture.ts';

/** Predictions are the input plus a parameter of zeros. */
export interface MetricCase {
  readonly name: string;
  readonly loss: object;
  readonly shape: readonly number[];
  /** Predictions, one array per sample. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
  readonly labelShape?: readonly number[];
  readonly codes?: boolean;
  readonly metrics: readonly (string | { readonly type: string; readonly [field: string]: unknown })[];
  readonly expected: Readonly<Record<string, unknown>>;
}

const classes = { type: 'softmaxCrossEntropy', labels: 'y' };
const binary = { type: 'sigmoidCrossEntropy', labels: 'y' };
const numbers = { type: 'meanSquaredError', labels: 'y' };
const probability = (p: number) => Math.log(p / (1 - p));
const nll = (x: readonly number[], label: number) =>
  Math.log(x.reduce((sum, value) => sum + Math.exp(value), 0)) - x[label]!;

// Off the borders of the bins of an AUC.
const errors = [0.098, 0.702, 0.398, 0.202, 0.598, 0.102];

// Guesses 2, 0, 0 (a tie, the first counts), 1 of labels 2, 1, 0, 2.
const guesses = [
  [0, 1, 2, -5],
  [3, 2, 1, -5],
  [1, 1, 0, -5],
  [0, 4, 3, -5],
];
const four = { loss: classes, shape: [4], x: guesses, y: [[2], [1], [0], [2]], labelShape: [], codes: true };

export const metricCases: readonly MetricCase[] = [
  {
    name: 'classes, one of which neither occurs nor is guessed',
    ...four,
    metrics: [
      'accuracy',
      { type: 'topK', k: 2 },
      { type: 'topK', k: 4, name: 'all' },
      'precision',
      'recall',
      'f1',
      'perplexity',
      'confusionMatrix',
    ],
    expected: {
      accuracy: 0.5,
      top2Accuracy: 1,
      all: 1,
      // Of classes 0, 1, 2: precision ½, 0, 1; recall 1, 0, ½; F1 ⅔, 0, ⅔.
      precision: 0.5,
      recall: 0.5,
      f1: 4 / 9,
      perplexity: Math.exp(
        (nll(guesses[0]!, 2) + nll(guesses[1]!, 1) + nll(guesses[2]!, 0) + nll(guesses[3]!, 2)) / 4,
      ),
      confusionMatrix: [
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
      ],
    },
  },
  {
    name: 'steps of sequences, some without a label',
    loss: { ...classes, ignoreIndex: -1, labelSmoothing: 0.3, classWeights: [1, 2] },
    shape: [3, 2],
    x: [
      [0, 1, 2, 0, 0, 0],
      [1, 0, 1, 0, 0, 3],
    ],
    y: [
      [1, 1, 0],
      [-1, -1, 1],
    ],
    labelShape: [3],
    codes: true,
    metrics: ['accuracy', 'perplexity', 'recall', 'confusionMatrix', { type: 'topK', k: 1 }],
    expected: {
      accuracy: 0.75,
      top1Accuracy: 0.75,
      perplexity: Math.exp((nll([0, 1], 1) + nll([2, 0], 1) + nll([0, 0], 0) + nll([0, 3], 1)) / 4),
      recall: (1 + 2 / 3) / 2,
      confusionMatrix: [
        [1, 0],
        [1, 2],
      ],
    },
  },
  {
    name: 'no label that counts',
    loss: { ...classes, ignoreIndex: -1 },
    shape: [2],
    x: [
      [0, 1],
      [1, 0],
    ],
    y: [[-1], [-1]],
    labelShape: [],
    codes: true,
    metrics: ['accuracy', 'perplexity', 'f1', 'confusionMatrix'],
    expected: {
      accuracy: 0,
      perplexity: 1,
      f1: 0,
      confusionMatrix: [
        [0, 0],
        [0, 0],
      ],
    },
  },
  {
    name: 'labels that are shares',
    loss: { ...classes, labelKind: 'probabilities' },
    shape: [2],
    x: [
      [0, 1],
      [1, 0],
    ],
    y: [
      [0.4, 0.6],
      [0.3, 0.7],
    ],
    metrics: ['accuracy'],
    expected: { accuracy: 0.5 },
  },
  {
    name: 'yes or no',
    loss: binary,
    shape: [2],
    x: [
      [probability(0.902), probability(0.702)],
      [probability(0.602), probability(0.202)],
      [probability(0.402), probability(0.102)],
    ],
    y: [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    metrics: [
      'accuracy',
      'precision',
      'recall',
      'f1',
      'auc',
      'confusionMatrix',
      'meanAbsoluteError',
      'meanSquaredError',
      'rootMeanSquaredError',
      { type: 'accuracy', threshold: 0.3, name: 'lowAccuracy' },
      { type: 'precision', threshold: 0.95, name: 'never' },
    ],
    expected: {
      accuracy: 4 / 6,
      precision: 2 / 3,
      recall: 2 / 3,
      f1: 2 / 3,
      // Of nine pairs two are the wrong way round.
      auc: 7 / 9,
      confusionMatrix: [
        [2, 1],
        [1, 2],
      ],
      meanAbsoluteError: errors.reduce((sum, error) => sum + error, 0) / 6,
      meanSquaredError: errors.reduce((sum, error) => sum + error ** 2, 0) / 6,
      rootMeanSquaredError: Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / 6),
      lowAccuracy: 5 / 6,
      never: 0,
    },
  },
  {
    name: 'yes or no with elements that do not count, and pairs in one bin',
    loss: { ...binary, ignoreIndex: -1 },
    shape: [2],
    x: [
      [probability(0.9), 7],
      [probability(0.65), probability(0.52)],
      [-7, probability(0.1)],
    ],
    y: [
      [1, -1],
      [0, 1],
      [-1, 0],
    ],
    metrics: ['accuracy', { type: 'auc', bins: 10 }, { type: 'auc', bins: 2, name: 'coarseAuc' }],
    expected: { accuracy: 3 / 4, auc: 3 / 4, coarseAuc: 3 / 4 },
  },
  {
    name: 'margins',
    loss: { type: 'hinge', labels: 'y' },
    shape: [1],
    x: [[2], [-0.5], [0.25]],
    y: [[1], [-1], [0]],
    labelShape: [],
    metrics: ['accuracy', 'precision', 'recall', 'auc'],
    expected: { accuracy: 2 / 3, precision: 0.5, recall: 1, auc: 1 },
  },
  {
    name: 'only negatives',
    loss: binary,
    shape: [1],
    x: [[2], [-0.5]],
    y: [[0], [0]],
    labelShape: [],
    metrics: ['auc', 'recall'],
    expected: { auc: 0, recall: 0 },
  },
  {
    name: 'numbers',
    loss: numbers,
    shape: [2],
    x: [
      [1, 5],
      [2, 5],
      [4, 5],
    ],
    y: [
      [1, 5],
      [3, 5],
      [5, 5],
    ],
    metrics: ['meanAbsoluteError', 'meanSquaredError', 'rootMeanSquaredError', 'r2', 'cosineSimilarity'],
    expected: {
      meanAbsoluteError: 2 / 6,
      meanSquaredError: 2 / 6,
      rootMeanSquaredError: Math.sqrt(1 / 3),
      // 1 − 2 ÷ 8 of the first feature; the second is constant and right.
      r2: (0.75 + 1) / 2,
      cosineSimilarity: (1 + 31 / Math.sqrt(29 * 34) + 45 / Math.sqrt(41 * 50)) / 3,
    },
  },
  {
    name: 'a rate',
    loss: { type: 'poisson', labels: 'y' },
    shape: [1],
    x: [[0], [Math.LN2]],
    y: [[2], [2]],
    labelShape: [],
    metrics: ['meanAbsoluteError', 'r2'],
    expected: { meanAbsoluteError: 0.5, r2: 0 },
  },
];

export function modelOf({ loss, shape, metrics }: MetricCase) {
  return compiled({
    inputs: { x: { shape } },
    parameters: { p: { shape, initializer: 'zeros' } },
    nodes: [{ op: 'Add', name: 'out', inputs: ['x', 'p'] }],
    loss,
    metrics,
  });
}

export function feedsOf(
  { shape, x, y, labelShape = shape, codes }: MetricCase,
  samples: readonly number[],
): Feeds {
  const rows = (values: readonly (readonly number[])[]) => samples.flatMap((sample) => values[sample]!);
  const sizes = [samples.length, ...labelShape];
  const size = shape.reduce((product, dim) => product * dim, 1);
  return {
    x: floats([samples.length, ...shape], rows(x)),
    p: floats(shape, new Array<number>(size).fill(0)),
    y: codes === true ? tensor('int32', sizes, Int32Array.from(rows(y))) : floats(sizes, rows(y)),
  };
}
