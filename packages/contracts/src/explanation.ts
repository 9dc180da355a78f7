import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';
import { ModelSpec } from './model/model-spec.ts';

/** Samples that one request may explain together. */
export const maxExplainRows = 256;

const Rows = Type.Record(
  Type.String(),
  Type.Array(Type.Unknown(), { minItems: 1, maxItems: maxExplainRows }),
);

const question = {
  nodes: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 256,
      description: 'Nodes, values or layers to explain; left out: all of the forward pass',
    }),
  ),
  of: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'A layer, node or value whose sum is differentiated in place of the loss; labels are not needed then',
    }),
  ),
  check: Type.Optional(
    Type.Boolean({ default: true, description: 'Measure the gradients by finite differences as well' }),
  ),
};

/** Which parameters of a job: after so many steps, the newest, those of the best validation loss, or before training. */
export const CheckpointChoice = Type.Union(
  [Type.Integer({ minimum: 0 }), OneOf(['latest', 'best', 'initial'])],
  { title: 'checkpoint', description: 'a step that has a checkpoint, "latest", "best" or "initial"' },
);
export type CheckpointChoice = Static<typeof CheckpointChoice>;

export const ExplainJobRequest = Closed({
  checkpoint: Type.Optional(CheckpointChoice),
  samples: Type.Optional(
    Closed({
      split: Type.Optional(Type.String({ description: 'Left out: the one that the job trains on' })),
      indices: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1, maxItems: maxExplainRows }),
    }),
  ),
  inputs: Type.Optional({
    ...Rows,
    description:
      'In place of `samples`: model input or labels → one entry per row, in raw column values; the transforms of the job are applied',
  }),
  ...question,
});
export type ExplainJobRequest = Static<typeof ExplainJobRequest>;

export const ExplainModelRequest = Closed({
  model: ModelSpec,
  inputs: {
    ...Rows,
    description: 'Model input or labels → one entry per row: a number or nested arrays of numbers',
  },
  parameters: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'Parameter or state → its value, a number or nested arrays of numbers; the others start as in a job',
    }),
  ),
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffffffff, default: 0 })),
  ...question,
});
export type ExplainModelRequest = Static<typeof ExplainModelRequest>;

/** JSON has no words for these three. */
const Real = Type.Union([Type.Number(), OneOf(['NaN', 'Infinity', '-Infinity'])]);
const Statistic = Type.Union([Type.Number(), Type.Null()]);
const Index = Type.Array(Type.Integer());
const Share = Type.Number({ minimum: 0, maximum: 1 });

export const TensorSummary = Closed({
  shape: Type.Array(Type.Integer()),
  elements: Type.Integer(),
  statistics: Closed(
    {
      minimum: Statistic,
      maximum: Statistic,
      mean: Statistic,
      standardDeviation: Statistic,
      norm: Statistic,
      zeroShare: Share,
      nanCount: Type.Integer(),
      infiniteCount: Type.Integer(),
    },
    { description: 'Of the finite elements; null where there is none. The norm is L2' },
  ),
  values: Type.Union([Type.Array(Real), Type.Null()], {
    description: 'All elements in row-major order, of a tensor of up to 64',
  }),
  sample: Type.Union([Type.Array(Closed({ index: Index, value: Real })), Type.Null()], {
    description: 'Elements at even distances, of a larger one',
  }),
});
export type TensorSummary = Static<typeof TensorSummary>;

const ValueCheck = Closed(
  {
    passed: Type.Boolean(),
    checked: Type.Integer({ description: 'Elements that were moved' }),
    of: Type.Integer(),
    corners: Type.Integer({
      description:
        'Elements at a corner of the loss (a ReLU at 0), where any slope between both sides is right',
    }),
    worst: Closed({ index: Index, derived: Real, measured: Real, relativeError: Real }),
  },
  { description: 'The gradient held against central finite differences in double precision' },
);

const explainedValue = {
  name: Type.String(),
  role: OneOf(['input', 'parameter', 'state', 'constant', 'node']),
  dtype: Type.String(),
  label: Type.String({ description: 'As on a blackboard: "W [10 × 784]", "h [batch × 128]"' }),
  value: TensorSummary,
  gradient: Type.Union([TensorSummary, Type.Null()], {
    description: 'Of the loss by this value; null where the loss does not depend on it',
  }),
  check: Type.Union([ValueCheck, Type.Null()]),
};
export const ExplainedValue = Closed(explainedValue);
export type ExplainedValue = Static<typeof ExplainedValue>;

export const Explanation = Closed({
  of: Type.String({ description: '"loss", or the value whose sum was differentiated' }),
  batch: Type.Integer({ description: 'Samples that went through together' }),
  loss: Type.Union([Real], { description: 'Sum over the samples' }),
  step: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Updates that the parameters have seen; null for a model without a job',
  }),
  leaves: Type.Array(ExplainedValue, { description: 'Inputs, parameters, states and constants' }),
  nodes: Type.Array(
    Closed({
      name: Type.String(),
      op: Type.String(),
      layer: Type.Union([Type.String(), Type.Null()]),
      index: Type.Integer({ description: 'Place in the topological order of the forward pass' }),
      inputs: Type.Array(Type.String()),
      attributes: Type.Record(Type.String(), Type.Unknown()),
      flops: Type.Number({ description: 'Forward, for this batch' }),
      derivative: Closed(
        { role: Type.String(), words: Type.String(), formula: Type.String() },
        { description: 'What the operation does to the gradient; dX stands for ∂loss/∂X' },
      ),
      saturation: Type.Union([
        Closed({
          share: Share,
          units: Type.Union([Closed({ count: Type.Integer(), of: Type.Integer() }), Type.Null()], {
            description: 'Positions along axis 1 that are saturated in every sample',
          }),
          words: Type.String(),
        }),
        Type.Null(),
      ]),
      outputs: Type.Array(ExplainedValue),
    }),
    { description: 'The forward pass in topological order' },
  ),
  checks: Closed({
    passed: Type.Integer(),
    failed: Type.Integer(),
    skipped: Type.Integer({ description: 'Gradients that were not measured, to keep the answer quick' }),
    largestError: Real,
  }),
});
export type Explanation = Static<typeof Explanation>;
