import { ofDifference } from './element-wise.ts';

/** Keras LogCosh: log cosh d = d + softplus(−2d) − log 2, which does not overflow. */
export const logCosh = ofDifference((graph, difference) => {
  const tail = graph.add('Softplus', [graph.add('Mul', [difference, graph.scalar(-2)])]);
  return graph.add('Sub', [graph.add('Add', [difference, tail]), graph.scalar(Math.LN2)]);
});
