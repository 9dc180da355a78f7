import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { Initializer } from './initializer.ts';
import { SampleShape, valueNamePattern } from './names.ts';

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
