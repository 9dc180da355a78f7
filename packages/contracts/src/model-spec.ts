import { type Static, type TSchema, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';

/** Names of layers, nodes, parameters and constants: values of one graph, so they share one name space. */
const valueNamePattern = '^[A-Za-z_][A-Za-z0-9_]{0,63}$';

/** Inputs are often named as a column of the data set is; the slash separates a layer from its parameters. */
const inputNamePattern = '^[^/\\u0000-\\u001f]{1,64}$';

/** Shape of one sample, without the batch axis. 2³¹ − 1 is the largest dimension that ONNX kernels index. */
export const SampleShape = Type.Array(Type.Integer({ minimum: 1, maximum: 0x7fffffff }), { maxItems: 6 });

export const InputSpec = Closed({
  shape: SampleShape,
  dtype: Type.Optional(OneOf(['float32', 'int32'])),
});
export type InputSpec = Static<typeof InputSpec>;

export const activationNames = ['linear', 'relu', 'sigmoid', 'tanh', 'softmax'] as const;
export const Activation = OneOf(activationNames);
export type Activation = Static<typeof Activation>;

export const initializerNames = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'zeros',
  'ones',
  'normal',
  'uniform',
] as const;
export const Initializer = OneOf(initializerNames);
export type Initializer = Static<typeof Initializer>;

const Extent = Type.Integer({ minimum: 1, maximum: 65_536 });
const PairOrNumber = Type.Union([Extent, Type.Array(Extent, { minItems: 2, maxItems: 2 })], {
  description: 'One number for height and width, or [height, width]',
});
export type PairOrNumber = Static<typeof PairOrNumber>;

const Width = Type.Integer({ minimum: 1, maximum: 0x7fffffff });

/** Fields every layer has. `inputs` names earlier layers or model inputs; left out, the layer before. */
const wiring = {
  name: Type.Optional(Type.String({ pattern: valueNamePattern })),
  inputs: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
};

const initializers = {
  kernelInitializer: Type.Optional(Initializer),
  biasInitializer: Type.Optional(Initializer),
  useBias: Type.Optional(Type.Boolean({ default: true })),
};

const pool = {
  ...wiring,
  poolSize: Type.Optional(PairOrNumber),
  strides: Type.Optional(PairOrNumber),
  padding: Type.Optional(OneOf(['valid', 'same'])),
};

/** One schema per layer type, in Keras' words. Images are channels-last, as in Keras. */
export const layerSchemas = {
  dense: Closed({
    type: Type.Literal('dense'),
    ...wiring,
    units: Width,
    activation: Type.Optional(Activation),
    ...initializers,
  }),
  conv2d: Closed({
    type: Type.Literal('conv2d'),
    ...wiring,
    filters: Width,
    kernelSize: PairOrNumber,
    strides: Type.Optional(PairOrNumber),
    padding: Type.Optional(OneOf(['valid', 'same'])),
    activation: Type.Optional(Activation),
    ...initializers,
  }),
  maxPool2d: Closed({ type: Type.Literal('maxPool2d'), ...pool }),
  averagePool2d: Closed({ type: Type.Literal('averagePool2d'), ...pool }),
  globalAveragePool2d: Closed({ type: Type.Literal('globalAveragePool2d'), ...wiring }),
  flatten: Closed({ type: Type.Literal('flatten'), ...wiring }),
  reshape: Closed({ type: Type.Literal('reshape'), ...wiring, shape: SampleShape }),
  activation: Closed({ type: Type.Literal('activation'), ...wiring, activation: Activation }),
  dropout: Closed({
    type: Type.Literal('dropout'),
    ...wiring,
    rate: Type.Number({ minimum: 0, exclusiveMaximum: 1 }),
  }),
  add: Closed({ type: Type.Literal('add'), ...wiring }),
  concat: Closed({ type: Type.Literal('concat'), ...wiring, axis: Type.Optional(Type.Integer()) }),
} as const;
export type LayerType = keyof typeof layerSchemas;
export type LayerSpec = { [T in LayerType]: Static<(typeof layerSchemas)[T]> }[LayerType];
export const LayerSpec = Type.Unsafe<LayerSpec>(Type.Union(Object.values(layerSchemas), { title: 'layer' }));

const NodeAttribute = Type.Union([
  Type.Number(),
  Type.String({ maxLength: 256 }),
  Type.Array(Type.Number()),
  Type.Array(Type.String({ maxLength: 256 })),
]);

/** Graph form: one ONNX operation by name. Inputs name model inputs, parameters, constants or earlier nodes. */
export const NodeSpec = Closed({
  op: Type.String(),
  name: Type.String({ pattern: valueNamePattern }),
  inputs: Type.Array(Type.String()),
  attributes: Type.Optional(Type.Record(Type.String(), NodeAttribute)),
});
export type NodeSpec = Static<typeof NodeSpec>;

export const ParameterSpec = Closed({
  shape: SampleShape,
  initializer: Type.Optional(Initializer),
  trainable: Type.Optional(Type.Boolean({ default: true })),
});
export type ParameterSpec = Static<typeof ParameterSpec>;

export const ConstantSpec = Closed({
  shape: SampleShape,
  values: Type.Array(Type.Number()),
  dtype: Type.Optional(OneOf(['float32', 'int64'])),
});
export type ConstantSpec = Static<typeof ConstantSpec>;

export const lossSchemas = {
  /** −log softmax(prediction)[label]; prediction [batch, classes] are logits, labels [batch] integers. */
  softmaxCrossEntropy: Closed({
    type: Type.Literal('softmaxCrossEntropy'),
    labels: Type.String(),
    prediction: Type.Optional(Type.String()),
  }),
  /** Binary, on logits; labels of the prediction's shape in [0, 1]. */
  sigmoidCrossEntropy: Closed({
    type: Type.Literal('sigmoidCrossEntropy'),
    labels: Type.String(),
    prediction: Type.Optional(Type.String()),
  }),
  /** Mean over a sample's elements of (prediction − label)². */
  meanSquaredError: Closed({
    type: Type.Literal('meanSquaredError'),
    labels: Type.String(),
    prediction: Type.Optional(Type.String()),
  }),
} as const;
export type LossType = keyof typeof lossSchemas;
export type LossSpec = { [T in LossType]: Static<(typeof lossSchemas)[T]> }[LossType];
export const LossSpec = Type.Unsafe<LossSpec>(Type.Union(Object.values(lossSchemas), { title: 'loss' }));

export const metricNames = ['accuracy', 'meanAbsoluteError'] as const;
export const MetricName = OneOf(metricNames);
export type MetricName = Static<typeof MetricName>;

const named = <Value extends TSchema>(value: Value) =>
  Type.Record(Type.String({ pattern: valueNamePattern }), value, { additionalProperties: false });

/** A model as data: layers in order (or wired by name), operations by name, or both. */
export const ModelSpec = Closed({
  inputs: Type.Record(Type.String({ pattern: inputNamePattern }), InputSpec, {
    additionalProperties: false,
  }),
  layers: Type.Optional(Type.Array(LayerSpec)),
  parameters: Type.Optional(named(ParameterSpec)),
  constants: Type.Optional(named(ConstantSpec)),
  nodes: Type.Optional(Type.Array(NodeSpec)),
  loss: LossSpec,
  metrics: Type.Optional(Type.Array(MetricName)),
});
export type ModelSpec = Static<typeof ModelSpec>;
