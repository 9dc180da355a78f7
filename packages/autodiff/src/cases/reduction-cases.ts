import type { Attributes } from '../graph.ts';
import { distinct, exactly, integers, operationCase } from './operation-case.ts';

const axes: readonly (readonly [string, readonly number[]])[] = [
  ['the batch', [0]],
  ['the last axis', [-1]],
  ['the outer and the last axis', [0, 2]],
  ['an axis of size 1', [1]],
  ['all axes', [0, 1, 2]],
];

const reductions = axes.flatMap(([name, list]) =>
  [0, 1].flatMap((keepdims) => {
    const x = distinct(['batch', 1, 4]);
    const words = `over ${name}, keepdims ${keepdims}`;
    return [
      operationCase(`ReduceSum ${words}`, { x }, (graph, inputs) =>
        graph.add('ReduceSum', [inputs.x, graph.integers(list)], { keepdims }),
      ),
      ...(['ReduceMean', 'ReduceMax'] as const).map((op) =>
        operationCase(`${op} ${words}`, { x }, (graph, inputs) =>
          graph.add(op, [inputs.x], { axes: list, keepdims }),
        ),
      ),
    ];
  }),
);

const defaults = [
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
  operationCase(
    'ArgMax with ties',
    { x: exactly([2, 3], 1, 5, 5, 2, 2, 0) },
    (graph, { x }) => graph.add('ArgMax', [x], { axis: -1, keepdims: 0 }),
    [],
  ),
  operationCase(
    'ArgMax along the batch',
    { x: distinct(['batch', 2]) },
    (graph, { x }) => graph.add('ArgMax', [x]),
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

export const reductionCases = [...reductions, ...defaults, ...softmaxes, ...crossEntropies];
