import { root, sameShapes, squaredDistance } from './distance.ts';
import type { Loss, LossSpecOf } from './loss.ts';
import { sumOf } from './reduce.ts';

/**
 * Σ over samples of max(0, d(anchor, positive) − d(anchor, negative) + margin): Euclidean distances (PyTorch's
 * TripletMarginLoss) or squared ones (Schroff, Kalenichenko & Philbin 2015).
 */
export const triplet: Loss<LossSpecOf<'triplet'>> = {
  takes: 'three embeddings of one shape',
  labels: ({ shapes }) => (sameShapes(shapes) ? 'none' : undefined),
  sum: ({ graph, spec, shapes, values }) => {
    const [anchor, positive, negative] = values;
    const to = (other: string) => {
      const squared = squaredDistance(graph, anchor!, other, shapes[0]!);
      return spec.distance === 'squared' ? squared : root(graph, squared);
    };
    const difference = graph.add('Sub', [to(positive!), to(negative!)]);
    const shortfall = graph.add('Relu', [graph.add('Add', [difference, graph.scalar(spec.margin ?? 1)])]);
    return sumOf(graph, shortfall);
  },
};
