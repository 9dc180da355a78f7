import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';

export const GraphKind = OneOf(
  ['inference', 'training'],
  'Forward pass alone, or with loss and backward pass',
);
export type GraphKind = Static<typeof GraphKind>;

/** The computation graph of a job, for display. Nodes are in topological order. */
export const JobGraph = Closed({
  kind: GraphKind,
  values: Type.Array(
    Closed({
      name: Type.String(),
      role: OneOf(['input', 'parameter', 'constant', 'node']),
      dtype: Type.String(),
      shape: Type.Array(Type.Union([Type.Integer(), Type.String()]), {
        description: 'Numbers, and words for what depends on the batch size',
      }),
    }),
  ),
  nodes: Type.Array(
    Closed({
      name: Type.String(),
      op: Type.String({ description: 'ONNX operator' }),
      layer: Type.Union([Type.String(), Type.Null()]),
      inputs: Type.Array(Type.String(), {
        description: 'Names of values, in ONNX order; "" for an absent one',
      }),
      outputs: Type.Array(Type.String()),
    }),
  ),
  outputs: Type.Record(Type.String(), Type.String(), { description: 'Output name → value' }),
});
export type JobGraph = Static<typeof JobGraph>;
