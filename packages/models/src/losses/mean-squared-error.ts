import type { Loss } from './loss.ts';
import { meanPerSample, squeezeScalars } from './reduce.ts';

/** Σ over samples of the mean over elements of (prediction − label)². */
export const meanSquaredError: Loss = {
  takes: 'any shape',
  labels: (prediction) => ({ dtype: 'float32', shape: squeezeScalars(prediction) }),
  sum: (graph, prediction, labels) => {
    const difference = graph.add('Sub', [prediction, labels]);
    return meanPerSample(graph, graph.add('Mul', [difference, difference]));
  },
};
