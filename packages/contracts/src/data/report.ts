import { type Static, Type } from 'typebox';
import { Closed, OneOf } from '../closed.ts';
import { ColumnStatistics } from './manifest.ts';

/** One column of one split. Values are samples times elements per sample. */
export const ColumnProfile = Closed({
  name: Type.String(),
  values: Type.Integer({ description: 'Without the missing ones' }),
  missing: Type.Integer(),
  statistics: ColumnStatistics,
  distinct: Type.Optional(
    Closed(
      { count: Type.Integer(), exact: Type.Boolean() },
      {
        description:
          'Of scalar columns: exact up to 1000 (fewer in tables of more than 1000 columns), beyond that HyperLogLog with 1.6 % standard error',
      },
    ),
  ),
  histogram: Type.Optional(
    Closed(
      {
        start: Type.Number({ description: 'Lower edge of the first bin, a multiple of the width' }),
        width: Type.Number({ description: 'A power of two' }),
        counts: Type.Array(Type.Integer(), { maxItems: 20 }),
      },
      { description: 'Bin i holds start + i·width ≤ x < start + (i + 1)·width' },
    ),
  ),
  top: Type.Optional(
    Type.Array(Closed({ value: Type.String(), count: Type.Integer() }), {
      maxItems: 20,
      description:
        'The most frequent values of a scalar column with at most 1000 distinct ones; class names where it has them',
    }),
  ),
});
export type ColumnProfile = Static<typeof ColumnProfile>;

/**
 * Something to look at before training; no finding stops it.
 * missing: values of a column. constant: a column of one value. imbalance: the most frequent class has `count` times the
 * samples of the rarest. labels: samples whose integer label is negative or lies beyond a gap, where classes must count from
 * 0. unseen: samples of a class that split `other` (the training split) has none of. duplicates: samples equal to an earlier
 * one of their split, in all columns. leak: samples that stand in split `other` too. unreadable: images that were left out.
 */
export const DataFinding = Closed({
  kind: OneOf(['missing', 'constant', 'imbalance', 'labels', 'unseen', 'duplicates', 'leak', 'unreadable']),
  split: Type.String(),
  column: Type.Optional(Type.String()),
  other: Type.Optional(Type.String()),
  count: Type.Integer(),
  exact: Type.Boolean({ description: 'false: estimated from a sample of the rows, by their hash' }),
  samples: Type.Array(Type.Integer(), { maxItems: 10, description: 'The first ones, counted from 0' }),
  files: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 10,
      description: 'Of `unreadable`: the first ones and what is wrong with them',
    }),
  ),
});
export type DataFinding = Static<typeof DataFinding>;

/** What an ingest found out; kept beside the manifest, whose hash says what the data is and nothing else. */
export const DatasetReport = Closed({
  splits: Type.Array(
    Closed({ name: Type.String(), count: Type.Integer(), columns: Type.Array(ColumnProfile) }),
  ),
  findings: Type.Array(DataFinding),
});
export type DatasetReport = Static<typeof DatasetReport>;
