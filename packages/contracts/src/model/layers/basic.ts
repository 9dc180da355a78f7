import { Type } from 'typebox';
import { Closed } from '../../closed.ts';
import { Activation, activated, kernelAndBias, Rate, Width, wiring } from './fields.ts';

/** Dense, activations, and what changes values one by one. */
export const basicLayerSchemas = {
  dense: Closed({
    type: Type.Literal('dense'),
    ...wiring,
    units: Width('Features of the result'),
    activation: activated,
    ...kernelAndBias,
  }),
  activation: Closed({ type: Type.Literal('activation'), ...wiring, activation: Activation }),
  softmax: Closed({
    type: Type.Literal('softmax'),
    ...wiring,
    axis: Type.Optional(
      Type.Integer({ description: 'Axis of the sample that sums to 1; default −1, the last' }),
    ),
  }),
  relu: Closed({
    type: Type.Literal('relu'),
    ...wiring,
    maxValue: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'Larger values are cut; default none' }),
    ),
  }),
  leakyRelu: Closed({
    type: Type.Literal('leakyRelu'),
    ...wiring,
    alpha: Type.Optional(Type.Number({ minimum: 0, description: 'Slope below zero; default 0.3' })),
  }),
  elu: Closed({
    type: Type.Literal('elu'),
    ...wiring,
    alpha: Type.Optional(Type.Number({ minimum: 0, description: 'Limit below zero is −alpha; default 1' })),
  }),
  prelu: Closed({
    type: Type.Literal('prelu'),
    ...wiring,
    sharedAxes: Type.Optional(
      Type.Array(Type.Integer(), {
        maxItems: 6,
        description: 'Axes of the sample along which one slope is shared; default none, as in Keras',
      }),
    ),
  }),
  dropout: Closed({
    type: Type.Literal('dropout'),
    ...wiring,
    rate: Rate('Share of the elements that becomes 0 in training'),
  }),
  spatialDropout: Closed({
    type: Type.Literal('spatialDropout'),
    ...wiring,
    rate: Rate('Share of the channels (last axis) that becomes 0 in training'),
  }),
  rescaling: Closed({
    type: Type.Literal('rescaling'),
    ...wiring,
    scale: Type.Number({ description: 'result = input · scale + offset' }),
    offset: Type.Optional(Type.Number({ description: 'Default 0' })),
  }),
  normalization: Closed({
    type: Type.Literal('normalization'),
    ...wiring,
    mean: Type.Array(Type.Number(), {
      minItems: 1,
      maxItems: 65_536,
      description: 'One number, or one per feature (last axis); constants, not learned',
    }),
    variance: Type.Array(Type.Number({ minimum: 0 }), {
      minItems: 1,
      maxItems: 65_536,
      description: 'As many as mean; result = (input − mean) ÷ √variance',
    }),
  }),
} as const;
