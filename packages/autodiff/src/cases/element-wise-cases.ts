import type { OperationName } from '../operations/index.ts';
import { distinct, exactly, integers, operationCase, positive } from './operation-case.ts';

const smooth: readonly OperationName[] = [
  'Abs',
  'Exp',
  'Identity',
  'Neg',
  'Relu',
  'Sigmoid',
  'Sign',
  'Softplus',
  'Tanh',
];

const unaryCases = [
  ...smooth.map((op) =>
    operationCase(`${op} of both signs`, { x: distinct(['batch', 5]) }, (graph, { x }) => graph.add(op, [x])),
  ),
  ...(['Log', 'Sqrt'] as const).map((op) =>
    operationCase(`${op} of positive numbers`, { x: positive(['batch', 5]) }, (graph, { x }) =>
      graph.add(op, [x]),
    ),
  ),
  operationCase('Relu at 0', { x: exactly([3], -1, 0, 1) }, (graph, { x }) => graph.add('Relu', [x]), []),
  operationCase(
    'Softplus far from 0',
    { x: exactly([4], -80, -20, 20, 80) },
    (graph, { x }) => graph.add('Softplus', [x]),
    [],
  ),
];

const arithmetic: readonly OperationName[] = ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Pow'];

const binaryCases = arithmetic.flatMap((op) => [
  operationCase(
    `${op} of equal shapes`,
    { a: positive(['batch', 4]), b: positive([1, 4]) },
    (graph, { a, b }) => graph.add(op, [a, graph.add('Add', [a, b])]),
  ),
  operationCase(
    `${op}, right broadcast over the batch`,
    { a: positive(['batch', 4]), b: distinct([4]) },
    (graph, { a, b }) => graph.add(op, [a, b]),
  ),
  operationCase(
    `${op}, left broadcast over the batch`,
    { a: positive([4]), b: distinct(['batch', 2, 4]) },
    (graph, { a, b }) => graph.add(op, [a, b]),
  ),
  operationCase(
    `${op}, both broadcast at axes of size 1`,
    { a: positive(['batch', 1, 4]), b: distinct([5, 1]) },
    (graph, { a, b }) => graph.add(op, [a, b]),
  ),
  operationCase(`${op} with a scalar`, { a: positive(['batch', 2]), b: distinct([]) }, (graph, { a, b }) =>
    graph.add(op, [a, b]),
  ),
]);

const comparisons = (['Equal', 'Greater', 'Less'] as const).flatMap((op) => [
  operationCase(
    `${op} of floats with ties`,
    { a: exactly([2, 2], 1, 2, 3, 4), b: exactly([2], 1, 3) },
    (graph, { a, b }) => graph.add(op, [a, b]),
    [],
  ),
  operationCase(
    `${op} of integers`,
    { a: integers('int64', ['batch'], [1, -5, 7]), b: integers('int64', [1], [-5]) },
    (graph, { a, b }) => graph.add(op, [a, b]),
    [],
  ),
]);

const logical = [
  ...(['And', 'Or'] as const).map((op) =>
    operationCase(
      `${op} of all pairs`,
      { a: integers('int32', [2, 1], [0, 2]), b: integers('int32', [2], [0, -1]) },
      (graph, { a, b }) => {
        const [left, right] = [a, b].map((value) => graph.add('Cast', [value], { to: 'bool' }));
        return graph.add('Cast', [graph.add(op, [left!, right!])], { to: 'int32' });
      },
      [],
    ),
  ),
  operationCase(
    'Not',
    { a: integers('int32', [3], [0, 1, 5]) },
    (graph, { a }) => graph.add('Not', [graph.add('Cast', [a], { to: 'bool' })]),
    [],
  ),
  operationCase(
    'Where with all three broadcast',
    { a: distinct(['batch', 1]), x: distinct([1, 4]), y: distinct([]) },
    (graph, { a, x, y }) => graph.add('Where', [graph.add('Greater', [a, graph.scalar(0)]), x, y]),
  ),
  operationCase(
    'Cast truncates toward zero',
    { x: exactly([4], -1.75, -0.5, 0.5, 1.75) },
    (graph, { x }) => graph.add('Cast', [x], { to: 'int64' }),
    [],
  ),
  operationCase(
    'Cast of integers to floats carries no gradient, floats do',
    { x: distinct([3]), n: integers('int32', [3], [2, -3, 4]) },
    (graph, { x, n }) =>
      graph.add('Mul', [
        graph.add('Cast', [x], { to: 'float32' }),
        graph.add('Cast', [n], { to: 'float32' }),
      ]),
  ),
];

const clipping = [
  operationCase('Clip on both sides', { x: distinct(['batch', 4]) }, (graph, { x }) =>
    graph.add('Clip', [x, graph.scalar(-0.77), graph.scalar(1.03)]),
  ),
  operationCase('Clip from above only', { x: distinct(['batch', 4]) }, (graph, { x }) =>
    graph.add('Clip', [x, '', graph.scalar(0.31)]),
  ),
];

export const elementWiseCases = [...unaryCases, ...binaryCases, ...comparisons, ...logical, ...clipping];
