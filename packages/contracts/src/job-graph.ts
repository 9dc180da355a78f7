import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';
import { LayerSummary } from './job.ts';
import { ModelSpec } from './model/model-spec.ts';

export const GraphKind = OneOf(
  ['inference', 'training'],
  'Forward pass alone, or with loss and backward pass',
);
export type GraphKind = Static<typeof GraphKind>;

export const ModelGraphRequest = Closed({
  model: ModelSpec,
  kind: Type.Optional(GraphKind),
  batch: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_048_576, default: 1, description: 'Samples that `flops` counts' }),
  ),
});
export type ModelGraphRequest = Static<typeof ModelGraphRequest>;

const Count = Type.Number({ description: 'Floating-point operations: a multiply and an add count two' });

/** A computation graph for display, simplified as engines run it. Nodes are in topological order. */
export const JobGraph = Closed({
  kind: GraphKind,
  batch: Type.Integer({ description: 'Samples that `flops` counts' }),
  values: Type.Array(
    Closed({
      name: Type.String(),
      role: OneOf(['input', 'parameter', 'state', 'constant', 'node']),
      dtype: Type.String(),
      shape: Type.Array(Type.Union([Type.Integer(), Type.String()]), {
        description: 'Numbers, and words for what depends on the batch size',
      }),
      label: Type.String({ description: 'As on a blackboard: "W [10 × 784]", "h [batch × 128]"' }),
    }),
  ),
  nodes: Type.Array(
    Closed({
      name: Type.String(),
      op: Type.String({ description: 'ONNX operator, or a gradient that ONNX has no operator for' }),
      index: Type.Integer({ description: 'Place in the topological order' }),
      layer: Type.Union([Type.String(), Type.Null()]),
      part: OneOf(['forward', 'objective', 'backward'], 'Model; loss and metrics; gradients'),
      differentiates: Type.Union([Type.String(), Type.Null()], {
        description: 'Of a backward node: the forward node whose gradient it helps to compute',
      }),
      inputs: Type.Array(Type.String(), {
        description: 'Names of values, in ONNX order; "" for an absent one',
      }),
      outputs: Type.Array(Type.String()),
      flops: Count,
      parameters: Type.Integer({ description: 'Elements of the parameters that it reads' }),
    }),
  ),
  edges: Type.Array(
    Closed({
      value: Type.String(),
      from: Type.Union([Type.String({ description: 'Node' }), Type.Null()], {
        description: 'Null for an input, a parameter, a state or a constant',
      }),
      to: Type.String({ description: 'Node' }),
      input: Type.Integer({ description: 'Position among the inputs of `to`' }),
    }),
  ),
  layers: Type.Array(
    Closed({
      ...LayerSummary.properties,
      nodes: Type.Array(Type.String(), { description: 'Of the forward pass, in topological order' }),
      backwardNodes: Type.Array(Type.String()),
    }),
  ),
  totals: Closed({
    parameters: Type.Integer({ description: 'Trainable elements' }),
    forwardFlops: Count,
    backwardFlops: Count,
  }),
  outputs: Type.Record(Type.String(), Type.String(), { description: 'Output name → value' }),
});
export type JobGraph = Static<typeof JobGraph>;
