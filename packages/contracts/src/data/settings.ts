import { type Static, Type } from 'typebox';
import { Closed } from '../closed.ts';
import { DatasetId } from './dataset.ts';

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
