import type { Attributes } from '../graph.ts';
import type { OperationName } from '../operations/index.ts';
import { distinct, exactly, operationCase, within } from './operation-case.ts';

const activations: readonly (readonly [OperationName, Attributes])[] = [
  ['Celu', {}],
  ['Celu', { alpha: 0.4 }],
  ['Elu', {}],
  ['Elu', { alpha: 1.7 }],
  ['Gelu', {}],
  ['Gelu', { approximate: 'tanh' }],
  ['HardSigmoid', {}],
  ['HardSigmoid', { alpha: -0.5, beta: 0.4 }],
  ['HardSwish', {}],
  ['LeakyRelu', {}],
  ['LeakyRelu', { alpha: 0.3 }],
  ['LeakyRelu', { alpha: 1.5 }],
  ['LeakyRelu', { alpha: -0.5 }],
  ['Mish', {}],
  ['Selu', {}],
  ['Selu', { alpha: 1.2, gamma: 0.7 }],
  ['Shrink', {}],
  ['Shrink', { bias: 0.7, lambd: 1.1 }],
  ['Softsign', {}],
  ['ThresholdedRelu', {}],
  ['ThresholdedRelu', { alpha: -0.4 }],
];

const slopes = [
  ['of one', [1]],
  ['per element', [4, 5]],
  ['per channel', [4, 1]],
  ['scalar', []],
] as const;

export const activationCases = [
  ...activations.map(([op, attributes]) =>
    operationCase(
      `${op} ${JSON.stringify(attributes)}`,
      { x: within(-4.9, 5, ['batch', 2, 7]) },
      (graph, { x }) => graph.add(op, [x], attributes),
    ),
  ),
  ...(['Celu', 'Elu', 'Gelu', 'HardSwish', 'LeakyRelu', 'Mish', 'Selu', 'Softsign'] as const).map((op) =>
    operationCase(
      `${op} at 0 and far from it`,
      { x: exactly([5], -60, -20, 0, 20, 60) },
      (graph, { x }) => graph.add(op, [x]),
      [],
    ),
  ),
  operationCase('GeluGrad far from 0', { x: exactly([4], -60, -9, 9, 60) }, (graph, { x }) => {
    const dy = graph.scalar(2);
    return graph.add('Add', [
      graph.add('GeluGrad', [dy, x]),
      graph.add('GeluGrad', [dy, x], { approximate: 'tanh' }),
    ]);
  }),
  ...slopes.map(([name, shape]) =>
    operationCase(
      `PRelu with a slope ${name}`,
      { x: distinct(['batch', 4, 5]), slope: within(-0.4, 1.3, shape) },
      (graph, { x, slope }) => graph.add('PRelu', [x, slope]),
    ),
  ),
  ...[0, 1, -1].map((axis) =>
    operationCase(
      `Hardmax along axis ${axis}`,
      { x: exactly([2, 3], 1, 5, 5, 2, 2, 0) },
      (graph, { x }) => graph.add('Hardmax', [x], { axis }),
      [],
    ),
  ),
];
