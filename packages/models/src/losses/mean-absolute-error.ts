import { ofDifference } from './element-wise.ts';

/** Σ over samples of the mean over elements of |prediction − label|; the gradient at 0 is 0. */
export const meanAbsoluteError = ofDifference((graph, difference) => graph.add('Abs', [difference]));
