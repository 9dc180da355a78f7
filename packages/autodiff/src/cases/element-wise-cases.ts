import type { OperationName } from '../operations/index.ts';
import { distinct, exactly, integers, operationCase, positive, within } from './operation-case.ts';

const smooth: readonly OperationName[] = [
  'Abs',
  'Asinh',
  'Atan',
  'Ceil',
  'Cos',
  'Cosh',
  'Erf',
  'Exp',
  'Floor',
  'Identity',
  'Neg',
  'Reciprocal',
  'Relu',
  'Round',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Tanh',
];

const unaryCases = [
  ...smooth.map((op) =>
    operationCase(`${op} of both signs`, { x: distinct(['batch', 5]) }, (graph, { x }) => graph.add(op, [x])),
  ),
  ...(['Acos', 'Asin', 'Atanh', 'Tan'] as const).map((op) =>
    operationCase(`${op} inside its domain`, { x: within(-0.95, 0.95, ['batch', 5]) }, (graph, { x }) =>
      graph.add(op, [x]),
    ),
  ),
  operationCase('Acosh above 1', { x: within(1.1, 4, ['batch', 5]) }, (graph, { x }) =>
    graph.add('Acosh', [x]),
  ),
  operationCase(
    'Round of halves to even',
    { x: exactly([8], -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.4999, -1.7) },
    (graph, { x }) => graph.add('Round', [x]),
    [],
  ),
  operationCase(
    'Floor and Ceil of whole numbers',
    { x: exactly([4], -2, -0, 3, 1e9) },
    (graph, { x }) => graph.add('Sub', [graph.add('Floor', [x]), graph.add('Ceil', [x])]),
    [],
  ),
  operationCase(
    'Erf far from 0',
    { x: exactly([8], -7, -3.5, -2.4999, 1e-6, 2.5, 2.6, 4, 30) },
    (graph, { x }) => graph.add('Erf', [x]),
    [],
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

const powers = [
  operationCase('Pow of negative numbers by a constant', { x: distinct(['batch', 4]) }, (graph, { x }) =>
    graph.add('Pow', [x, graph.scalar(3)]),
  ),
  operationCase(
    'Pow by the constants 2 and 0',
    { x: exactly(['batch'], -1.5, 0, 2), y: exactly(['batch'], -1.5, 0, 2) },
    (graph, { x, y }) =>
      graph.add('Add', [graph.add('Pow', [x, graph.scalar(2)]), graph.add('Pow', [y, graph.scalar(0)])]),
  ),
  operationCase(
    'Pow by integers',
    { x: distinct(['batch', 3]), n: integers('int64', [3], [0, 3, -2]) },
    (graph, { x, n }) => graph.add('Pow', [x, n]),
  ),
];

const extremes = (['Max', 'Min', 'Sum', 'Mean'] as const).flatMap((op) => [
  operationCase(`${op} of one`, { a: distinct(['batch', 4]) }, (graph, { a }) => graph.add(op, [a])),
  operationCase(
    `${op} of three that broadcast`,
    { a: distinct(['batch', 1, 4]), b: within(-1.83, 2.17, [5, 1]), c: within(-1, 1.3, []) },
    (graph, { a, b, c }) => graph.add(op, [a, b, c]),
  ),
  operationCase(
    `${op} of four, the first and the third known`,
    {
      a: distinct(['batch', 5]),
      b: within(-2.1, 2, ['batch', 5]),
      c: within(-2, 2.2, [5]),
      d: within(-2.3, 2, ['batch', 1]),
    },
    (graph, { a, b, c, d }) => graph.add(op, [a, b, c, d]),
    ['b', 'd'],
  ),
]);

const remainders = [
  operationCase(
    'Mod of floats with fmod',
    { a: exactly(['batch', 2], 5.3, -5.3, 7.7, -7.7, 0.5, -0.5), b: exactly([2], 3, -2.5) },
    (graph, { a, b }) => graph.add('Mod', [a, b], { fmod: 1 }),
  ),
];

const special = exactly([4], Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1);
const tests = [
  operationCase('IsNaN', { x: special }, (graph, { x }) => graph.add('IsNaN', [x]), []),
  ...[{}, { detect_negative: 0 }, { detect_positive: 0 }].map((attributes) =>
    operationCase(
      `IsInf ${JSON.stringify(attributes)}`,
      { x: special },
      (graph, { x }) => graph.add('IsInf', [x], attributes),
      [],
    ),
  ),
];

const comparators = ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'] as const;
const comparisons = comparators.flatMap((op) => [
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
  ...(['And', 'Equal', 'Or', 'Xor'] as const).map((op) =>
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

export const elementWiseCases = [
  ...unaryCases,
  ...binaryCases,
  ...powers,
  ...extremes,
  ...remainders,
  ...tests,
  ...comparisons,
  ...logical,
  ...clipping,
];
