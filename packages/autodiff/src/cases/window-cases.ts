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
  ['SAME_LOWER with an even window', ['batch', 2, 5, 5], [2, 2, 2, 2], { auto_pad: 'SAME_LOWER' }],
  [
    'SAME_LOWER with strides and dilations',
    ['batch', 1, 7, 6],
    [2, 1, 2, 3],
    { auto_pad: 'SAME_LOWER', strides: [2, 1], dilations: [2, 1] },
  ],
  ['of one axis, depthwise, dilated', ['batch', 4, 9], [8, 1, 3], { group: 4, dilations: [3], pads: [2, 3] }],
  ['of three axes', ['batch', 2, 4, 3, 5], [3, 2, 2, 2, 3], { strides: [2, 1, 2], pads: [1, 0, 1, 0, 1, 1] }],
  [
    'of three axes in groups with dilations',
    ['batch', 4, 4, 4, 3],
    [2, 2, 2, 2, 2],
    { group: 2, dilations: [2, 1, 2], auto_pad: 'SAME_UPPER' },
  ],
  ['with many channels in groups', [1, 32, 2, 3], [2, 16, 2, 2], { group: 2, pads: [1, 0, 0, 1] }],
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
  ['SAME_LOWER', ['batch', 1, 5, 4], { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' }],
  ['VALID', ['batch', 1, 5, 4], { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'VALID' }],
  ['with ceil_mode', ['batch', 2, 5, 6], { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 }],
  [
    'with ceil_mode and pads',
    ['batch', 1, 6, 7],
    { kernel_shape: [3, 4], strides: [2, 3], pads: [1, 0, 1, 2], ceil_mode: 1 },
  ],
  [
    'with ceil_mode whose last window would lie in the padding',
    ['batch', 1, 5],
    { kernel_shape: [2], strides: [3], pads: [1, 1], ceil_mode: 1 },
  ],
  [
    'with dilations',
    ['batch', 2, 6, 7],
    { kernel_shape: [2, 3], dilations: [3, 2], strides: [1, 2], pads: [1, 1, 0, 2] },
  ],
  [
    'with dilations and ceil_mode',
    ['batch', 1, 8],
    { kernel_shape: [2], dilations: [2], strides: [3], ceil_mode: 1 },
  ],
  [
    'of three axes',
    ['batch', 2, 4, 3, 5],
    { kernel_shape: [2, 2, 3], strides: [2, 1, 2], pads: [0, 1, 1, 1, 0, 0] },
  ],
];

const transposed: readonly (readonly [string, Shape, Shape, Attributes])[] = [
  ['plain', ['batch', 2, 3, 4], [2, 3, 3, 2], {}],
  ['with strides and pads', ['batch', 2, 3, 3], [2, 2, 3, 3], { strides: [2, 3], pads: [1, 0, 0, 2] }],
  ['with output_padding', ['batch', 1, 3, 3], [1, 2, 3, 3], { strides: [3, 2], output_padding: [2, 1] }],
  [
    'with output_padding of a whole stride',
    ['batch', 1, 3, 3],
    [1, 2, 2, 2],
    { dilations: [3, 3], strides: [2, 1], output_padding: [2, 2], pads: [0, 0, 1, 0] },
  ],
  ['with dilations', ['batch', 1, 3, 3], [1, 2, 2, 3], { dilations: [3, 2] }],
  ['in groups', ['batch', 4, 3, 3], [4, 3, 2, 2], { group: 2, strides: [2, 2] }],
  ['depthwise', ['batch', 3, 4], [3, 1, 3], { group: 3, strides: [2] }],
  ['to a shape', ['batch', 1, 3, 3], [1, 2, 3, 3], { strides: [3, 2], output_shape: [8, 6] }],
  [
    'to a shape, SAME_UPPER',
    ['batch', 1, 3, 3],
    [1, 2, 3, 3],
    { strides: [3, 2], output_shape: [8, 6], auto_pad: 'SAME_UPPER' },
  ],
  ['to a shape beyond its windows', ['batch', 1, 3], [1, 2, 2], { strides: [2], output_shape: [9] }],
  ['SAME_UPPER', ['batch', 2, 3, 3], [2, 1, 3, 4], { auto_pad: 'SAME_UPPER', strides: [2, 2] }],
  ['SAME_LOWER', ['batch', 2, 3, 3], [2, 1, 3, 4], { auto_pad: 'SAME_LOWER', strides: [2, 1] }],
  ['VALID', ['batch', 1, 3, 3], [1, 1, 2, 2], { auto_pad: 'VALID' }],
  ['of three axes', ['batch', 2, 2, 3, 2], [2, 1, 2, 2, 3], { strides: [2, 1, 2], pads: [1, 0, 0, 0, 1, 1] }],
];

export const windowCases = [
  ...convolutions.flatMap(([name, x, w, attributes]) => [
    operationCase(`Conv ${name}`, { x: distinct(x), w: distinct(w) }, (graph, inputs) =>
      graph.add('Conv', [inputs.x, inputs.w], attributes),
    ),
  ]),
  ...transposed.map(([name, x, w, attributes]) =>
    operationCase(`ConvTranspose ${name}`, { x: distinct(x), w: distinct(w) }, (graph, inputs) =>
      graph.add('ConvTranspose', [inputs.x, inputs.w], attributes),
    ),
  ),
  operationCase(
    'ConvTranspose with a bias',
    { x: distinct(['batch', 2, 3, 3]), w: distinct([2, 2, 2, 2]), b: distinct([4]) },
    (graph, { x, w, b }) => graph.add('ConvTranspose', [x, w, b], { group: 2 }),
  ),
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
  ...pools.map(([name, shape, attributes], index) => {
    const p = 1 + (index % 3);
    return operationCase(`LpPool of order ${p} ${name}`, { x: distinct(shape) }, (graph, { x }) =>
      graph.add('LpPool', [x], { ...attributes, p }),
    );
  }),
  ...(
    [
      ['one axis', ['batch', 2, 5]],
      ['two axes', ['batch', 2, 3, 4]],
      ['three axes', ['batch', 1, 2, 3, 2]],
    ] as const
  ).flatMap(([name, shape]) => [
    operationCase(`GlobalMaxPool of ${name}`, { x: distinct(shape) }, (graph, { x }) =>
      graph.add('GlobalMaxPool', [x]),
    ),
    ...[1, 2, 4].map((p) =>
      operationCase(`GlobalLpPool of order ${p} of ${name}`, { x: distinct(shape) }, (graph, { x }) =>
        graph.add('GlobalLpPool', [x], { p }),
      ),
    ),
    operationCase(`GlobalAveragePool of ${name}`, { x: distinct(shape) }, (graph, { x }) =>
      graph.add('GlobalAveragePool', [x]),
    ),
  ]),
  ...[0, 1].map((storage_order) =>
    operationCase(
      `MaxPool's places, storage_order ${storage_order}`,
      { x: distinct(['batch', 2, 4, 5]) },
      (graph, { x }) => {
        const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 1, 1, 0], storage_order };
        return graph.addMany('MaxPool', [x], attributes, 2)[1]!;
      },
      [],
    ),
  ),
  operationCase(
    'MaxPool beside its places, column-major in three axes',
    { x: distinct(['batch', 2, 3, 4, 2]) },
    (graph, { x }) => {
      const attributes = { kernel_shape: [2, 2, 2], storage_order: 1 };
      const [y, places] = graph.addMany('MaxPool', [x], attributes, 2);
      return graph.add('Mul', [y!, graph.add('Cast', [places!], { to: 'float32' })]);
    },
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
];
