import { ofDifference } from './element-wise.ts';

/** Σ over samples of the mean over elements of (prediction − label)². */
export const meanSquaredError = ofDifference((graph, difference) =>
  graph.add('Mul', [difference, difference]),
);
