import { tensor } from '@descent/tensors';
import type { Attributes } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { distinct, exactly, integers, operationCase, positive } from './operation-case.ts';

const axes: readonly (readonly [string, readonly number[]])[] = [
  ['the batch', [0]],
  ['the last axis', [-1]],
  ['the outer and the last axis', [0, 2]],
  ['an axis of size 1', [1]],
  ['all axes', [0, 1, 2]],
];

const reducers = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSumSquare',
] as const;

const reductions = axes.flatMap(([name, list]) =>
  [0, 1].flatMap((keepdims) => {
    const x = distinct(['batch', 1, 4]);
    const words = `over ${name}, keepdims ${keepdims}`;
    return [
      operationCase(`ReduceSum ${words}`, { x }, (graph, inputs) =>
        graph.add('ReduceSum', [inputs.x, graph.integers(list)], { keepdims }),
      ),
      ...reducers.map((op) =>
        operationCase(
          `${op} ${words}`,
          { x: op === 'ReduceLogSum' ? positive(['batch', 1, 4]) : x },
          (graph, inputs) => graph.add(op, [inputs.x], { axes: list, keepdims }),
        ),
      ),
    ];
  }),
);

const defaults = [
  ...(['ReduceL2', 'ReduceMax', 'ReduceProd'] as const).map((op) =>
    operationCase(`${op} over an empty list of axes, so all`, { x: distinct(['batch', 2]) }, (graph, { x }) =>
      graph.add(op, [x], { axes: [] }),
    ),
  ),
  operationCase('ReduceSum without axes', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('ReduceSum', [x]),
  ),
  operationCase('ReduceSum that does nothing', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('ReduceSum', [x], { noop_with_empty_axes: 1 }),
  ),
  operationCase('ReduceMean without axes', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('ReduceMean', [x], { keepdims: 0 }),
  ),
  operationCase(
    'ReduceSum of integers',
    { n: integers('int64', ['batch', 2], [1, 2, 3, 4, 5, -6]) },
    (graph, { n }) => graph.add('ReduceSum', [n, graph.integers([0])], { keepdims: 0 }),
    [],
  ),
  ...(['ArgMax', 'ArgMin'] as const).flatMap((op) => [
    ...[0, 1].map((select_last_index) =>
      operationCase(
        `${op} with ties, select_last_index ${select_last_index}`,
        { x: exactly([2, 3], 1, 5, 5, 2, 2, 7) },
        (graph, { x }) => graph.add(op, [x], { axis: -1, keepdims: 0, select_last_index }),
        [],
      ),
    ),
    operationCase(
      `${op} along the batch`,
      { x: distinct(['batch', 2]) },
      (graph, { x }) => graph.add(op, [x]),
      [],
    ),
  ]),
  operationCase(
    'ReduceProd with zeros',
    { x: exactly([4, 3], 2, 3, 4, 0, 3, 4, 0, 3, 0, 0, 0, 0) },
    (graph, { x }) => graph.add('ReduceProd', [x], { axes: [1] }),
  ),
  operationCase('ReduceLogSumExp far from 0', { x: exactly([2, 2], 500, 499, -500, -498) }, (graph, { x }) =>
    graph.add('ReduceLogSumExp', [x], { axes: [1] }),
  ),
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) =>
      operationCase(
        `CumSum, exclusive ${exclusive}, reverse ${reverse}`,
        { x: distinct(['batch', 4, 2]) },
        (graph, { x }) => graph.add('CumSum', [x, axisOf(graph, 1)], { exclusive, reverse }),
      ),
    ),
  ),
  operationCase('CumSum along the batch', { x: distinct(['batch', 2]) }, (graph, { x }) =>
    graph.add('CumSum', [x, axisOf(graph, 0)]),
  ),
  operationCase('CumSum along an axis of size 1', { x: distinct(['batch', 1]) }, (graph, { x }) =>
    graph.add('CumSum', [x, axisOf(graph, -1)]),
  ),
];

const topK = [
  ...[1, 0].flatMap((largest) => [
    operationCase(`TopK, largest ${largest}, its values`, { x: distinct(['batch', 5]) }, (graph, { x }) =>
      graph.add('TopK', [x, graph.integers([3])], { largest }),
    ),
    operationCase(
      `TopK, largest ${largest}, its indices with ties`,
      { x: exactly([2, 5], 1, 3, 3, 1, 3, 2, 2, 2, 0, 2) },
      (graph, { x }) => graph.addMany('TopK', [x, graph.integers([4])], { largest }, 2)[1]!,
      [],
    ),
  ]),
  operationCase(
    'TopK along an inner axis, not sorted, values by the parity of their indices',
    { x: distinct(['batch', 4, 2]) },
    (graph, { x }) => {
      const attributes = { axis: 1, sorted: 0 };
      const [values, indices] = graph.addMany('TopK', [x, graph.integers([2])], attributes, 2);
      return graph.add('Mul', [values!, graph.add('Cast', [indices!], { to: 'float32' })]);
    },
  ),
  operationCase('TopK of all of an axis of size 1', { x: distinct(['batch', 1]) }, (graph, { x }) =>
    graph.add('TopK', [x, graph.integers([1])]),
  ),
  operationCase(
    'TopK of integers',
    { n: integers('int64', ['batch', 2], [5, -6, 7, 8, -9, -10]) },
    (graph, { n }) => graph.add('TopK', [n, graph.integers([1])]),
    [],
  ),
];

const softmaxes = (['Softmax', 'LogSoftmax'] as const).flatMap((op) => [
  operationCase(`${op} along the last axis`, { x: distinct(['batch', 4]) }, (graph, { x }) =>
    graph.add(op, [x]),
  ),
  operationCase(`${op} along an inner axis`, { x: distinct(['batch', 4, 2]) }, (graph, { x }) =>
    graph.add(op, [x], { axis: 1 }),
  ),
  operationCase(`${op} along an axis of size 1`, { x: distinct(['batch', 1]) }, (graph, { x }) =>
    graph.add(op, [x]),
  ),
]);

const settings: readonly Attributes[] = [
  { reduction: 'none' },
  { reduction: 'sum' },
  { reduction: 'mean' },
  {},
  { reduction: 'none', ignore_index: 1 },
  { reduction: 'mean', ignore_index: 1 },
];

const crossEntropies = [
  ...settings.map((attributes) =>
    operationCase(
      `SoftmaxCrossEntropyLoss ${JSON.stringify(attributes)}`,
      { x: distinct(['batch', 4]), labels: integers('int64', ['batch'], [3, 1, 0]) },
      (graph, { x, labels }) => graph.add('SoftmaxCrossEntropyLoss', [x, labels], attributes),
    ),
  ),
  ...settings.map((attributes) =>
    operationCase(
      `NegativeLogLikelihoodLoss ${JSON.stringify(attributes)}`,
      { x: distinct(['batch', 4]), labels: integers('int32', ['batch'], [3, 1, 0]) },
      (graph, { x, labels }) => graph.add('NegativeLogLikelihoodLoss', [x, labels], attributes),
    ),
  ),
  ...settings.map((attributes) =>
    operationCase(
      `NegativeLogLikelihoodLoss with class weights ${JSON.stringify(attributes)}`,
      {
        x: distinct(['batch', 4, 2]),
        labels: integers('int64', ['batch', 2], [3, 1, 0, 0, 2, 1]),
        w: exactly([4], 0.5, 2, 0.75, 1.25),
      },
      (graph, { x, labels, w }) => graph.add('NegativeLogLikelihoodLoss', [x, labels, w], attributes),
    ),
  ),
  ...settings.map((attributes) =>
    operationCase(
      `SoftmaxCrossEntropyLoss with class weights ${JSON.stringify(attributes)}`,
      {
        x: distinct(['batch', 4, 2]),
        labels: integers('int64', ['batch', 2], [3, 1, 0, 0, 2, 1]),
        w: exactly([4], 0.5, 2, 0, 1.25),
      },
      (graph, { x, labels, w }) => graph.add('SoftmaxCrossEntropyLoss', [x, labels, w], attributes),
      ['x'],
    ),
  ),
  operationCase(
    'SoftmaxCrossEntropyLoss of images, with an ignored label that is no class',
    {
      x: distinct(['batch', 3, 2, 2]),
      labels: integers('int32', ['batch', 2, 2], [0, 1, 2, 255, 255, 0, 0, 1, 2, 2, 255, 1]),
    },
    (graph, { x, labels }) => graph.add('SoftmaxCrossEntropyLoss', [x, labels], { ignore_index: 255 }),
  ),
  operationCase(
    'SoftmaxCrossEntropyLoss of a sequence',
    { x: distinct(['batch', 4, 2]), labels: integers('int32', ['batch', 2], [3, 1, 0, 0, 2, 1]) },
    (graph, { x, labels }) => graph.add('SoftmaxCrossEntropyLoss', [x, labels], { reduction: 'none' }),
  ),
  operationCase(
    'SoftmaxCrossEntropyLoss with its logarithms',
    { x: distinct(['batch', 4]), labels: integers('int64', ['batch'], [3, 1, 0]) },
    (graph, { x, labels }) => {
      const [loss, logs] = graph.addMany('SoftmaxCrossEntropyLoss', [x, labels], { reduction: 'sum' }, 2);
      return graph.add('Mul', [logs!, loss!]);
    },
  ),
];

export const reductionCases = [...reductions, ...defaults, ...topK, ...softmaxes, ...crossEntropies];

function axisOf(graph: GraphBuilder, axis: number) {
  return graph.constant(tensor('int64', [], BigInt64Array.of(BigInt(axis))));
}
