import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { Initializer } from './initializer.ts';
import { SampleShape, valueNamePattern } from './names.ts';

export const activationNames = ['linear', 'relu', 'sigmoid', 'tanh', 'softmax'] as const;
export const Activation = OneOf(activationNames);
export type Activation = Static<typeof Activation>;

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
