import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

/** Samples of the validation split that are looked at: the first ones. */
export const mostLookedAt = 2000;

/** Where a classifier is wrong on samples it was not trained on. */
export const Mistakes = Closed({
  split: Type.String(),
  looked: Type.Integer({ description: 'Validation samples that were looked at, at most 2,000' }),
  wrong: Type.Integer({ description: 'Of these, how many it gets wrong' }),
  mistakes: Type.Array(
    Closed({
      sample: Type.Integer({ description: 'Its number within the split' }),
      label: Type.String(),
      guess: Type.String(),
      labelProbability: Type.Number({ description: 'That the model gives to the label' }),
      guessProbability: Type.Number({ description: 'That it gives to its guess' }),
    }),
    { description: 'The surest ones first: those to whose label it gives the least probability' },
  ),
});
export type Mistakes = Static<typeof Mistakes>;
