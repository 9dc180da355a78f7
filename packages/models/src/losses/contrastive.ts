import { root, sameShapes, squaredDistance } from './distance.ts';
import type { Loss, LossSpecOf } from './loss.ts';
import { meanPerSample } from './reduce.ts';

/**
 * Σ over samples of ½·(y·d² + (1 − y)·max(0, margin − d)²), d the Euclidean distance of two embeddings, y = 1 for a pair
 * that is alike (Hadsell, Chopra & LeCun 2006; Caffe's ContrastiveLoss).
 */
export const contrastive: Loss<LossSpecOf<'contrastive'>> = {
  takes: 'two embeddings of one shape',
  labels: ({ shapes }) => (sameShapes(shapes) ? { dtype: 'float32', shape: [] } : undefined),
  sum: ({ graph, spec, shapes, values, labels, weights }) => {
    const squared = squaredDistance(graph, values[0]!, values[1]!, shapes[0]!);
    const gap = graph.add('Sub', [graph.scalar(spec.margin ?? 1), root(graph, squared)]);
    const shortfall = graph.add('Relu', [gap]);
    const alike = graph.add('Mul', [labels, squared]);
    const different = graph.add('Mul', [
      graph.add('Sub', [graph.scalar(1), labels]),
      graph.add('Mul', [shortfall, shortfall]),
    ]);
    return graph.add('Mul', [
      meanPerSample(graph, graph.add('Add', [alike, different]), weights),
      graph.scalar(0.5),
    ]);
  },
};
