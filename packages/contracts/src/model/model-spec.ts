import { type Static, type TSchema, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { Recursive } from '../recursive.ts';
import { ConstantSpec, NodeSpec, ParameterSpec, StateSpec } from './graph-form.ts';
import { FunctionSpec, type LayerSpec } from './layers.ts';
import { Objective } from './losses.ts';
import { MetricSpec } from './metrics.ts';
import { inputNamePattern, SampleShape, valueNamePattern } from './names.ts';

export const InputSpec = Closed({
  shape: SampleShape,
  dtype: Type.Optional(OneOf(['float32', 'int32'])),
});
export type InputSpec = Static<typeof InputSpec>;

/**
 * What the forward pass computes and the backward pass computes again, to save memory: the named layers and blocks,
 * each for itself, or as it pays best. The weights come out with the same bits.
 */
export const Checkpointing = Type.Union([
  Type.Literal('auto'),
  Type.Array(Type.String(), { minItems: 1, maxItems: 1000, description: 'Names of layers, blocks or nodes' }),
]);
export type Checkpointing = Static<typeof Checkpointing>;

const named = <Value extends TSchema>(value: Value) =>
  Type.Record(Type.String({ pattern: valueNamePattern }), value, { additionalProperties: false });

/** A model as data: layers in order (or wired by name), operations by name, or both. */
export const ModelSpec = Closed({
  inputs: Type.Record(Type.String({ pattern: inputNamePattern }), InputSpec, {
    additionalProperties: false,
  }),
  layers: Type.Optional(
    Type.Unsafe<LayerSpec[]>(Type.Array(Recursive('layer', 'One layer'), { maxItems: 10_000 })),
  ),
  functions: Type.Optional(named(FunctionSpec)),
  parameters: Type.Optional(named(ParameterSpec)),
  states: Type.Optional(named(StateSpec)),
  constants: Type.Optional(named(ConstantSpec)),
  nodes: Type.Optional(Type.Array(NodeSpec)),
  loss: Objective,
  metrics: Type.Optional(Type.Array(MetricSpec, { maxItems: 256 })),
  checkpointing: Type.Optional(Checkpointing),
});
export type ModelSpec = Static<typeof ModelSpec>;
