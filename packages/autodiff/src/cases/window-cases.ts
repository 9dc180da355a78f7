import type { Shape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import { distinct, exactly, operationCase } from './operation-case.ts';

const convolutions: readonly (readonly [string, Shape, Shape, Attributes])[] = [
  ['plain', ['batch', 2, 5, 4], [4, 2, 3, 2], {}],
  ['with strides that leave a rest', ['batch', 2, 6, 5], [2, 2, 3, 2], { strides: [2, 2] }],
  ['with pads on every side', ['batch', 1, 4, 4], [2, 1, 3, 3], { pads: [1, 0, 2, 1] }],
  ['with dilations', ['batch', 1, 6, 5], [2, 1, 2, 2], { dilations: [3, 2] }],
  ['in groups', ['batch', 4, 4, 4], [6, 2, 2, 2], { group: 2 }],
  ['depthwise', ['batch', 4, 4, 4], [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }],
  ['SAME_UPPER with an even window', ['batch', 2, 5, 5], [2, 2, 2, 2], { auto_pad: 'SAME_UPPER' }],
  ['SAME_UPPER with strides', ['batch', 1, 5, 6], [2, 1, 3, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] }],
  ['VALID', ['batch', 1, 4, 4], [2, 1, 3, 3], { auto_pad: 'VALID' }],
  ['with one point', ['batch', 4, 2, 2], [5, 4, 1, 1], {}],
  ['of one axis', ['batch', 2, 7], [4, 2, 3], { strides: [2], pads: [1, 1] }],
  [
    'with strides, pads, dilations and groups',
    ['batch', 2, 7, 7],
    [4, 1, 2, 3],
    { strides: [2, 1], pads: [1, 2, 0, 1], dilations: [2, 2], group: 2 },
  ],
];

const pools: readonly (readonly [string, Shape, Attributes])[] = [
  ['of 2 × 2 windows', ['batch', 2, 4, 4], { kernel_shape: [2, 2], strides: [2, 2] }],
  ['of overlapping windows', ['batch', 2, 5, 5], { kernel_shape: [3, 3], strides: [2, 2] }],
  ['of windows that overlap by all but one', ['batch', 1, 4, 4], { kernel_shape: [2, 3] }],
  ['that leaves a rest', ['batch', 1, 5, 7], { kernel_shape: [2, 2], strides: [2, 3] }],
  ['with pads', ['batch', 1, 4, 5], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ['SAME_UPPER', ['batch', 1, 5, 4], { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }],
  ['of one axis', ['batch', 2, 7], { kernel_shape: [3], strides: [2] }],
];

export const windowCases = [
  ...convolutions.flatMap(([name, x, w, attributes]) => [
    operationCase(`Conv ${name}`, { x: distinct(x), w: distinct(w) }, (graph, inputs) =>
      graph.add('Conv', [inputs.x, inputs.w], attributes),
    ),
  ]),
  operationCase(
    'Conv with a bias',
    { x: distinct(['batch', 2, 4, 4]), w: distinct([5, 2, 3, 3]), b: distinct([5]) },
    (graph, { x, w, b }) => graph.add('Conv', [x, w, b]),
  ),
  ...pools.flatMap(([name, shape, attributes]) => [
    operationCase(`MaxPool ${name}`, { x: distinct(shape) }, (graph, { x }) =>
      graph.add('MaxPool', [x], attributes),
    ),
    ...[0, 1].map((count_include_pad) =>
      operationCase(
        `AveragePool ${name}, count_include_pad ${count_include_pad}`,
        { x: distinct(shape) },
        (graph, { x }) => graph.add('AveragePool', [x], { ...attributes, count_include_pad }),
      ),
    ),
  ]),
  operationCase('MaxPool with dilations', { x: distinct(['batch', 1, 5, 6]) }, (graph, { x }) =>
    graph.add('MaxPool', [x], { kernel_shape: [2, 2], dilations: [2, 3] }),
  ),
  operationCase(
    'MaxPool of ties, gradient at the first',
    { x: exactly([1, 1, 3, 3], 1, 1, 0, 1, 1, 2, 0, 2, 2), dy: exactly([1, 1, 2, 2], 1, 2, 4, 8) },
    (graph, { x, dy }) => {
      const y = graph.add('MaxPool', [x], { kernel_shape: [2, 2] });
      return graph.add('MaxPoolGrad', [dy, x, y], { kernel_shape: [2, 2] });
    },
    [],
  ),
  operationCase('GlobalAveragePool', { x: distinct(['batch', 2, 4, 5]) }, (graph, { x }) =>
    graph.add('GlobalAveragePool', [x]),
  ),
];
