import { ofDifference } from './element-wise.ts';
import type { LossSpecOf } from './loss.ts';

/**
 * Huber 1964: ½d² up to |d| = delta, from there on delta·(|d| − ½·delta), as in Keras and PyTorch's HuberLoss. With
 * c = min(|d|, delta) both are c·(|d| − ½c), which has no branch.
 */
export const huber = ofDifference<LossSpecOf<'huber'>>((graph, difference, { delta = 1 }) => {
  const size = graph.add('Abs', [difference]);
  const cut = graph.add('Min', [size, graph.scalar(delta)]);
  const rest = graph.add('Sub', [size, graph.add('Mul', [cut, graph.scalar(0.5)])]);
  return graph.add('Mul', [cut, rest]);
});
