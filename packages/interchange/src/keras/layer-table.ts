import type { LayerType } from '@descent/contracts';
import type { FieldKind } from './field-kinds.ts';
import * as kinds from './field-kinds.ts';
import {
  asItIs,
  convolutionKernel,
  depthwiseKernel,
  rowOf,
  transposedKernel,
  type VariableLayout,
} from './variables.ts';

/** A field of a layer, under its name in a spec and in a Keras config. */
export type LayerField = readonly [ours: string, keras: string, kind: FieldKind];

/** A trained tensor or a running average of a layer. */
export interface LayerVariable {
  readonly ours: string;
  readonly keras: string;
  readonly layout: VariableLayout;
  /** A flag of the layer that says whether there is one; default true. */
  readonly flag?: string;
}

/** One Keras class and the layer type that it is. */
export interface KerasClass {
  readonly className: string;
  readonly type: LayerType;
  readonly fields: readonly LayerField[];
  readonly variables: readonly LayerVariable[];
  /** Of a recurrent layer, in the order of its gates: whether the recurrent activation works on the gate. */
  readonly gates?: readonly boolean[];
  /** Fields that must have this value where they are given; others have no counterpart. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** An axis that must be the last of the input. */
  readonly lastAxis?: boolean;
  /** Where TensorFlow.js has the class: what is written where the spec leaves it out. Absent: it has not. */
  readonly tfjs?: Readonly<Record<string, unknown>>;
}

const bias = { ours: 'bias', keras: 'bias', layout: asItIs, flag: 'useBias' } as const;
const kernelAndBias: readonly LayerField[] = [
  ['useBias', 'use_bias', kinds.flag],
  ['kernelInitializer', 'kernel_initializer', kinds.initializer],
  ['biasInitializer', 'bias_initializer', kinds.initializer],
];
const activated: LayerField = ['activation', 'activation', kinds.activation];
const padding: LayerField = ['padding', 'padding', kinds.text('valid', 'same')];
const window: readonly LayerField[] = [
  ['kernelSize', 'kernel_size', kinds.perAxis],
  ['strides', 'strides', kinds.perAxis],
];
const dilation: LayerField = ['dilationRate', 'dilation_rate', kinds.perAxis];
const filters: LayerField = ['filters', 'filters', kinds.count];
const depthMultiplier: LayerField = ['depthMultiplier', 'depth_multiplier', kinds.count];
const epsilon: LayerField = ['epsilon', 'epsilon', kinds.real];
const scaleAndShift: readonly LayerField[] = [
  ['center', 'center', kinds.flag],
  ['scale', 'scale', kinds.flag],
  ['betaInitializer', 'beta_initializer', kinds.initializer],
  ['gammaInitializer', 'gamma_initializer', kinds.initializer],
];
const gammaAndBeta: readonly LayerVariable[] = [
  { ours: 'gamma', keras: 'gamma', layout: asItIs, flag: 'scale' },
  { ours: 'beta', keras: 'beta', layout: asItIs, flag: 'center' },
];

const plain = (
  className: string,
  type: LayerType,
  fields: readonly LayerField[] = [],
  inTfjs = true,
): KerasClass => ({
  className,
  type,
  fields,
  variables: [],
  ...(inTfjs ? { tfjs: {} } : {}),
});

const convolution = (rank: 1 | 2 | 3): KerasClass => ({
  className: `Conv${rank}D`,
  type: `conv${rank}d`,
  fields: [
    filters,
    ...window,
    rank === 1 ? ['padding', 'padding', kinds.text('valid', 'same', 'causal')] : padding,
    dilation,
    ['groups', 'groups', kinds.count],
    activated,
    ...kernelAndBias,
  ],
  variables: [{ ours: 'kernel', keras: 'kernel', layout: convolutionKernel }, bias],
  tfjs: {},
});

const transposedConvolution = (rank: 1 | 2 | 3): KerasClass => ({
  className: `Conv${rank}DTranspose`,
  type: `conv${rank}dTranspose`,
  fields: [filters, ...window, padding, activated, ...kernelAndBias],
  fixed: { output_padding: null, dilation_rate: 1 },
  variables: [{ ours: 'kernel', keras: 'kernel', layout: transposedKernel }, bias],
  ...(rank === 1 ? {} : { tfjs: {} }),
});

const pool = (name: 'Max' | 'Average', rank: 1 | 2 | 3): KerasClass =>
  plain(`${name}Pooling${rank}D`, `${name === 'Max' ? 'max' : 'average'}Pool${rank}d`, [
    ['poolSize', 'pool_size', kinds.perAxis],
    ['strides', 'strides', kinds.perAxis],
    padding,
  ]);

const globalPool = (name: 'Max' | 'Average', rank: 1 | 2 | 3): KerasClass =>
  plain(`Global${name}Pooling${rank}D`, `global${name}Pool${rank}d`, [], rank !== 3);

const recurrent = (className: string, type: LayerType, more: readonly LayerField[]): KerasClass => ({
  className,
  type,
  fields: [
    ['units', 'units', kinds.count],
    ['returnSequences', 'return_sequences', kinds.flag],
    ['goBackwards', 'go_backwards', kinds.flag],
    activated,
    ...kernelAndBias,
    ['recurrentInitializer', 'recurrent_initializer', kinds.initializer],
    ...more,
  ],
  variables: [
    { ours: 'kernel', keras: 'kernel', layout: asItIs },
    { ours: 'recurrentKernel', keras: 'recurrent_kernel', layout: asItIs },
    bias,
  ],
});
const recurrentActivation: LayerField = ['recurrentActivation', 'recurrent_activation', kinds.activation];

const ranks = [1, 2, 3] as const;

/** Every class that has a layer type, by its Keras name. */
export const kerasClasses: readonly KerasClass[] = [
  {
    className: 'Dense',
    type: 'dense',
    fields: [['units', 'units', kinds.count], activated, ...kernelAndBias],
    variables: [{ ours: 'kernel', keras: 'kernel', layout: asItIs }, bias],
    tfjs: {},
  },
  plain('Activation', 'activation', [activated]),
  plain('Softmax', 'softmax', [['axis', 'axis', kinds.axis]]),
  {
    ...plain('ReLU', 'relu', [['maxValue', 'max_value', kinds.real]]),
    fixed: { negative_slope: 0, threshold: 0 },
  },
  plain('LeakyReLU', 'leakyRelu', [
    ['alpha', 'alpha', kinds.real],
    ['alpha', 'negative_slope', kinds.real],
  ]),
  plain('ELU', 'elu', [['alpha', 'alpha', kinds.real]]),
  {
    className: 'PReLU',
    type: 'prelu',
    fields: [['sharedAxes', 'shared_axes', kinds.axes]],
    variables: [{ ours: 'alpha', keras: 'alpha', layout: asItIs }],
    tfjs: {},
  },
  plain('Dropout', 'dropout', [['rate', 'rate', kinds.real]]),
  ...ranks.map((rank) =>
    plain(`SpatialDropout${rank}D`, 'spatialDropout', [['rate', 'rate', kinds.real]], false),
  ),
  plain('Rescaling', 'rescaling', [
    ['scale', 'scale', kinds.real],
    ['offset', 'offset', kinds.real],
  ]),
  plain('Flatten', 'flatten'),
  plain('Reshape', 'reshape', [['shape', 'target_shape', kinds.shape]]),
  plain('Permute', 'permute', [['dims', 'dims', kinds.axes]]),
  plain('RepeatVector', 'repeatVector', [['times', 'n', kinds.count]]),
  plain('UpSampling1D', 'upSampling1d', [['size', 'size', kinds.perAxis]], false),
  plain('UpSampling2D', 'upSampling2d', [
    ['size', 'size', kinds.perAxis],
    ['interpolation', 'interpolation', kinds.text('nearest', 'bilinear')],
  ]),
  plain('UpSampling3D', 'upSampling3d', [['size', 'size', kinds.perAxis]], false),
  ...ranks.map((rank) =>
    plain(`ZeroPadding${rank}D`, `zeroPadding${rank}d`, [['padding', 'padding', kinds.margin]], rank === 2),
  ),
  ...ranks.map((rank) =>
    plain(`Cropping${rank}D`, `cropping${rank}d`, [['cropping', 'cropping', kinds.margin]], rank === 2),
  ),
  ...ranks.map(convolution),
  ...ranks.map(transposedConvolution),
  {
    className: 'DepthwiseConv2D',
    type: 'depthwiseConv2d',
    fields: [
      ...window,
      padding,
      dilation,
      depthMultiplier,
      activated,
      ['useBias', 'use_bias', kinds.flag],
      ['kernelInitializer', 'depthwise_initializer', kinds.initializer],
      ['biasInitializer', 'bias_initializer', kinds.initializer],
    ],
    variables: [{ ours: 'kernel', keras: 'depthwise_kernel', layout: depthwiseKernel }, bias],
    tfjs: {},
  },
  {
    className: 'SeparableConv2D',
    type: 'separableConv2d',
    fields: [
      filters,
      ...window,
      padding,
      dilation,
      depthMultiplier,
      activated,
      ['useBias', 'use_bias', kinds.flag],
      ['depthwiseInitializer', 'depthwise_initializer', kinds.initializer],
      ['pointwiseInitializer', 'pointwise_initializer', kinds.initializer],
      ['biasInitializer', 'bias_initializer', kinds.initializer],
    ],
    variables: [
      { ours: 'depthwiseKernel', keras: 'depthwise_kernel', layout: depthwiseKernel },
      { ours: 'pointwiseKernel', keras: 'pointwise_kernel', layout: convolutionKernel },
      bias,
    ],
    tfjs: {},
  },
  ...ranks.flatMap((rank) => [pool('Max', rank), pool('Average', rank)]),
  ...ranks.flatMap((rank) => [globalPool('Max', rank), globalPool('Average', rank)]),
  plain('Add', 'add'),
  plain('Subtract', 'subtract', [], false),
  plain('Multiply', 'multiply'),
  plain('Average', 'average'),
  plain('Maximum', 'maximum'),
  plain('Minimum', 'minimum'),
  plain('Concatenate', 'concat', [['axis', 'axis', kinds.axis]]),
  // TensorFlow.js has it, and infers a wrong shape for two vectors.
  plain(
    'Dot',
    'dot',
    [
      ['axes', 'axes', kinds.dotAxes],
      ['normalize', 'normalize', kinds.flag],
    ],
    false,
  ),
  {
    className: 'BatchNormalization',
    type: 'batchNormalization',
    fields: [['momentum', 'momentum', kinds.real], epsilon, ...scaleAndShift],
    variables: [
      ...gammaAndBeta,
      { ours: 'movingMean', keras: 'moving_mean', layout: asItIs },
      { ours: 'movingVariance', keras: 'moving_variance', layout: asItIs },
    ],
    lastAxis: true,
    tfjs: {},
  },
  {
    className: 'LayerNormalization',
    type: 'layerNormalization',
    fields: [epsilon, ...scaleAndShift],
    variables: gammaAndBeta,
    lastAxis: true,
    tfjs: {},
  },
  {
    className: 'GroupNormalization',
    type: 'groupNormalization',
    fields: [['groups', 'groups', kinds.count], epsilon, ...scaleAndShift],
    variables: gammaAndBeta,
    lastAxis: true,
  },
  { ...plain('UnitNormalization', 'unitNormalization', [], false), lastAxis: true },
  {
    className: 'Embedding',
    type: 'embedding',
    fields: [
      ['vocabulary', 'input_dim', kinds.count],
      ['units', 'output_dim', kinds.count],
      ['embeddingsInitializer', 'embeddings_initializer', kinds.initializer],
    ],
    variables: [{ ours: 'embeddings', keras: 'embeddings', layout: asItIs }],
    tfjs: {},
  },
  { ...recurrent('SimpleRNN', 'simpleRnn', []), tfjs: {} },
  {
    ...recurrent('LSTM', 'lstm', [recurrentActivation, ['unitForgetBias', 'unit_forget_bias', kinds.flag]]),
    gates: [true, true, false, true],
    tfjs: { recurrent_activation: 'sigmoid' },
  },
  // TensorFlow.js resets before the product, Keras and the layer here after it.
  {
    ...recurrent('GRU', 'gru', [recurrentActivation]),
    fixed: { reset_after: true },
    gates: [true, true, false],
    variables: [
      { ours: 'kernel', keras: 'kernel', layout: asItIs },
      { ours: 'recurrentKernel', keras: 'recurrent_kernel', layout: asItIs },
      { ...bias, layout: rowOf(0) },
      { ...bias, ours: 'recurrentBias', layout: rowOf(1) },
    ],
  },
];

export const classByName: ReadonlyMap<string, KerasClass> = new Map(
  kerasClasses.map((entry) => [entry.className, entry]),
);

/** The first class of a layer type. */
export const classByType: ReadonlyMap<string, KerasClass> = new Map(
  kerasClasses.toReversed().map((entry) => [entry.type, entry]),
);
