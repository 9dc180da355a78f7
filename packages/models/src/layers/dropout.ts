import { dropOut } from './drop-out.ts';
import type { Layer, SpecOf } from './layer.ts';

/**
 * In training sets a share `rate` of the elements to zero and scales the others by 1/(1 − rate); else does nothing.
 * Srivastava et al. 2014, in the inverted form. The mask is an input of the graph: randomness is never hidden state.
 */
export const dropout: Layer<SpecOf<'dropout'>> = {
  takes: 'one',
  build: (context, [input], { rate }) => dropOut(context, input, rate),
};
