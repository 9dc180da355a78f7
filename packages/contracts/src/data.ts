import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';

export const DatasetId = Type.String({
  pattern: '^(ds_[0-9A-HJKMNP-TV-Z]{26}|builtin:[a-z0-9-]+)$',
  description: 'the id of a data set, ds_… or builtin:…',
});
export const ContentHash = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lower-case hex' });
export const ColumnDtype = OneOf(['float32', 'int32', 'uint8']);
export type ColumnDtype = Static<typeof ColumnDtype>;

/**
 * Of all elements of a column. Mean and standard deviation (population, ÷ n) are over the split named `train`, or the
 * first split when there is none; minimum and maximum are over every split, so that they also bound the labels of
 * validation data.
 */
export const ColumnStatistics = Closed({
  minimum: Type.Number(),
  maximum: Type.Number(),
  mean: Type.Number(),
  standardDeviation: Type.Number(),
});
export type ColumnStatistics = Static<typeof ColumnStatistics>;

export const Column = Closed({
  name: Type.String({ minLength: 1 }),
  dtype: ColumnDtype,
  shape: Type.Array(Type.Integer({ minimum: 1 }), { description: 'Of one sample; [] for a scalar' }),
  statistics: ColumnStatistics,
  classes: Type.Optional(
    Type.Array(Type.String(), { description: 'Names of the category codes 0, 1, …, for a text column' }),
  ),
});
export type Column = Static<typeof Column>;

/** An immutable file of up to some thousand samples: one safetensors tensor `[count, ...shape]` per column. */
export const Shard = Closed({
  hash: ContentHash,
  count: Type.Integer({ minimum: 1 }),
  bytes: Type.Integer({ minimum: 1 }),
});
export type Shard = Static<typeof Shard>;

export const Split = Closed({
  name: Type.String(),
  count: Type.Integer({ minimum: 1 }),
  shards: Type.Array(Shard),
});
export type Split = Static<typeof Split>;

/** What a data set is. Its hash (SHA-256 of this object's canonical JSON without `hash`) is recorded on the job. */
export const DatasetManifest = Closed({
  hash: ContentHash,
  columns: Type.Array(Column, { minItems: 1 }),
  splits: Type.Array(Split, { minItems: 1 }),
});
export type DatasetManifest = Static<typeof DatasetManifest>;

export const DatasetState = OneOf(['empty', 'ingesting', 'ready', 'failed']);
export type DatasetState = Static<typeof DatasetState>;

export const Dataset = Closed({
  id: DatasetId,
  name: Type.String(),
  state: DatasetState,
  createdAt: Type.String({ format: 'date-time' }),
  manifest: Type.Union([DatasetManifest, Type.Null()]),
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
});
export type Dataset = Static<typeof Dataset>;

export const DatasetCreate = Closed({ name: Type.String({ minLength: 1, maxLength: 120 }) });
export type DatasetCreate = Static<typeof DatasetCreate>;

/** Where one input of the model comes from. */
export const InputSource = Closed({
  columns: Type.Array(Type.String(), {
    minItems: 1,
    description: 'One column, or several numeric scalar columns that are stacked to a vector in this order',
  }),
  transform: Type.Optional(
    Type.Union(
      [
        Closed(
          {
            type: Type.Literal('scale'),
            factor: Type.Number(),
            offset: Type.Optional(Type.Number({ default: 0 })),
          },
          { description: 'x·factor + offset' },
        ),
        Closed(
          { type: Type.Literal('standardise') },
          { description: '(x − mean) ÷ standard deviation of the column, by the statistics of the data set' },
        ),
      ],
      { title: 'transform' },
    ),
  ),
});
export type InputSource = Static<typeof InputSource>;

/** The data part of a training job. */
export const DataSettings = Closed({
  dataset: DatasetId,
  train: Type.Optional(Type.String({ default: 'train', description: 'Split to train on' })),
  validation: Type.Optional(
    Type.Union([
      Closed({ split: Type.String() }),
      Closed(
        { ratio: Type.Number({ exclusiveMinimum: 0, maximum: 0.9 }) },
        { description: 'Held out of the training split by a seeded permutation' },
      ),
    ]),
  ),
  inputs: Type.Optional(
    Type.Record(Type.String(), InputSource, {
      description: 'Model input (or label) name → source; default: the column of the same name',
    }),
  ),
});
export type DataSettings = Static<typeof DataSettings>;
