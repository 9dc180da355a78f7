import { type Static, Type } from 'typebox';
import { Closed } from '../closed.ts';
import { DatasetReference } from './dataset.ts';
import { Transforms } from './transforms.ts';

/** A column that has transforms of its own. */
export const ColumnSource = Closed({ name: Type.String(), transform: Type.Optional(Transforms) });
export type ColumnSource = Static<typeof ColumnSource>;

/** Where one input of the model comes from. */
export const InputSource = Closed({
  columns: Type.Array(Type.Union([Type.String(), ColumnSource]), {
    minItems: 1,
    description:
      'One column, or several that are put side by side to a vector in this order; each a name, or `{ name, transform }`',
  }),
  transform: Type.Optional(Transforms),
  shift: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_536,
      description: 'With `window`: how many rows later it starts; 1 for labels that are the next token',
    }),
  ),
});
export type InputSource = Static<typeof InputSource>;

const stratify = Type.Optional(
  Type.String({ description: 'A column of classes that occur on both sides in the same shares' }),
);

/** Which samples validate and do not train. */
export const ValidationSettings = Type.Union([
  Closed({ split: Type.String() }),
  Closed(
    { ratio: Type.Number({ exclusiveMinimum: 0, maximum: 0.9 }), stratify },
    { description: 'Held out of the training split by a seeded permutation; with `window` the last ones' },
  ),
  Closed(
    {
      folds: Type.Integer({ minimum: 2, maximum: 1000 }),
      fold: Type.Integer({ minimum: 0, description: '0 … folds − 1: the part that is held out' }),
      stratify,
    },
    { description: 'k-fold: the training split is cut into equal parts by a seeded permutation' },
  ),
  Closed(
    {
      column: Type.String(),
      values: Type.Array(Type.Union([Type.Number(), Type.String()]), { minItems: 1, maxItems: 10_000 }),
    },
    { description: 'The samples of the training split where the column has one of these values' },
  ),
]);
export type ValidationSettings = Static<typeof ValidationSettings>;

/** Turns rows that follow each other into sequences. */
export const WindowSettings = Closed(
  {
    length: Type.Integer({ minimum: 1, maximum: 65_536, description: 'Rows of one sample' }),
    stride: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Rows from the start of one sample to that of the next; default: length',
      }),
    ),
  },
  {
    description: 'A sample is a window over consecutive rows: every column gets a first axis of this length',
  },
);
export type WindowSettings = Static<typeof WindowSettings>;

/** The data part of a training job. */
export const DataSettings = Closed({
  dataset: DatasetReference,
  train: Type.Optional(Type.String({ default: 'train', description: 'Split to train on' })),
  validation: Type.Optional(ValidationSettings),
  inputs: Type.Optional(
    Type.Record(Type.String(), InputSource, {
      description:
        'Model input (or label, or sample weight) name → source; default: the column of the same name',
    }),
  ),
  dropMissing: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description: 'Columns; samples in which one of them is missing are left out',
    }),
  ),
  balance: Type.Optional(
    Type.String({
      description:
        'A column of classes: every epoch draws as many samples of each, repeating those of rare ones; an epoch stays as long as it was',
    }),
  ),
  window: Type.Optional(WindowSettings),
});
export type DataSettings = Static<typeof DataSettings>;
