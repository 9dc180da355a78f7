import { type Static, Type } from 'typebox';
import { Closed } from '../closed.ts';

const factor = (of: string) =>
  Type.Optional(
    Type.Number({ minimum: 0, maximum: 1e30, description: `Factor of the sum of ${of}; default 0` }),
  );

/** What is added to the loss of a mini-batch for the size of weights or results, as in Keras: l1·Σ|w| + l2·Σw². */
export const Regularizer = Closed({ l1: factor('absolute values'), l2: factor('squares') });
export type Regularizer = Static<typeof Regularizer>;
