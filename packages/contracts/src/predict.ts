import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

/** Rows that one request may ask for. */
export const maxPredictRows = 1000;

export const PredictRequest = Closed({
  inputs: Type.Optional(
    Type.Record(Type.String(), Type.Array(Type.Unknown(), { minItems: 1, maxItems: maxPredictRows }), {
      description:
        'Model input → one entry per row, as it stands in the columns of the data set: a number, nested arrays of numbers, ' +
        'the name of a class, text, null for a missing value. The transforms of the job are applied. An input of several ' +
        'columns takes an array of their values in that order.',
    }),
  ),
  rows: Type.Optional(
    Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      minItems: 1,
      maxItems: maxPredictRows,
      description: 'Instead of `inputs`: one object per row, column of the data set → value',
    }),
  ),
});
export type PredictRequest = Static<typeof PredictRequest>;

const PerRow = Type.Array(Type.Unknown());

export const Prediction = Closed({
  rows: Type.Integer(),
  outputs: Type.Array(Type.Unknown(), {
    description:
      'What the model computes, per row: nested arrays of its output shape (logits, for a cross-entropy)',
  }),
  probabilities: Type.Union([PerRow, Type.Null()], { description: 'For the cross-entropies, per row' }),
  classes: Type.Union([Type.Array(Type.Integer()), Type.Null()], {
    description: 'For softmaxCrossEntropy: number of the most probable class, per row',
  }),
  classNames: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: 'Name of each class: the text values of the label column, or its numbers',
  }),
  others: Type.Optional(
    Type.Record(
      Type.String(),
      Closed({ outputs: PerRow, probabilities: Type.Union([PerRow, Type.Null()]) }),
      { description: 'Of a model with several losses: what it computes for each of the others, by name' },
    ),
  ),
});
export type Prediction = Static<typeof Prediction>;
