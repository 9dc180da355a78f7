import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';

export const ContentHash = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, lower-case hex' });
export const ColumnDtype = OneOf(['float32', 'int32', 'uint8']);
export type ColumnDtype = Static<typeof ColumnDtype>;

/**
 * What the values of a column stand for, where its dtype and `classes` do not say it.
 * date: days since 1970-01-01 in UTC (int32; float32 when a time of day or a missing value occurs).
 * boolean: 0 or 1 (uint8; float32 when a value is missing).
 * text: UTF-8 (uint8), filled up with zero bytes to the longest value.
 * image: [height, width, channels] (uint8), 1 channel for grey and 3 for RGB.
 * tokens: one token of a running text per sample, by the `tokenizer` of the column (uint8 when it has at most 256, else int32).
 */
export const ColumnKind = OneOf(['date', 'boolean', 'text', 'image', 'tokens']);
export type ColumnKind = Static<typeof ColumnKind>;

/**
 * Of all elements of a column that are not missing; all 0 when every one is. Mean and standard deviation (population, ÷ n) are over the split named `train`, or the
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

export const tokenizerTypes = ['byte', 'character', 'bpe', 'wordpiece', 'unigram'] as const;
export type TokenizerType = (typeof tokenizerTypes)[number];

/** How the text of a column became tokens; the artifact holds what decodes them. */
export const ColumnTokenizer = Closed({
  type: OneOf(tokenizerTypes),
  size: Type.Integer({ minimum: 1, description: 'Entries of the vocabulary: tokens are 0 to size − 1' }),
  hash: ContentHash,
});
export type ColumnTokenizer = Static<typeof ColumnTokenizer>;

export const Column = Closed({
  name: Type.String({ minLength: 1 }),
  dtype: ColumnDtype,
  shape: Type.Array(Type.Integer({ minimum: 1 }), { description: 'Of one sample; [] for a scalar' }),
  statistics: ColumnStatistics,
  kind: Type.Optional(ColumnKind),
  missing: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'Values that are missing, over all splits: NaN in a float32 column, the last class (`missing`) in a column with classes. Left out: none',
    }),
  ),
  classes: Type.Optional(
    Type.Array(Type.String(), { description: 'Names of the category codes 0, 1, …, for a text column' }),
  ),
  tokenizer: Type.Optional(ColumnTokenizer),
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
