import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { Initializer } from './initializer.ts';
import { SampleShape, valueNamePattern } from './names.ts';
import { Regularizer } from './regularizer.ts';

export { Regularizer } from './regularizer.ts';

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
  outputs: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1024,
      default: 1,
      description:
        'Outputs taken: the first is read under the name of the node, the others as `name:1`, `name:2`, …',
    }),
  ),
});
export type NodeSpec = Static<typeof NodeSpec>;

export const ParameterSpec = Closed({
  shape: SampleShape,
  initializer: Type.Optional(Initializer),
  trainable: Type.Optional(Type.Boolean({ default: true })),
  regularizer: Type.Optional(Regularizer),
});
export type ParameterSpec = Static<typeof ParameterSpec>;

/**
 * A running average, such as the moments of batch normalisation: part of the weights, without a gradient.
 * A BatchNormalization node whose `input_mean` and `input_var` are states normalises with the moments of the
 * micro-batch in training and averages them here.
 */
export const StateSpec = Closed({
  shape: SampleShape,
  initializer: Type.Optional(Initializer),
  momentum: Type.Optional(
    Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9,
      description: 'Share of the old value that a step keeps',
    }),
  ),
});
export type StateSpec = Static<typeof StateSpec>;

export const ConstantSpec = Closed({
  shape: SampleShape,
  values: Type.Array(Type.Number()),
  dtype: Type.Optional(OneOf(['float32', 'int64'])),
});
export type ConstantSpec = Static<typeof ConstantSpec>;
