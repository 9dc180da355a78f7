import type { Loss } from './loss.ts';
import { meanPerSample, squeezeScalars } from './reduce.ts';

/**
 * Σ over samples of the mean over elements of −z·log σ(x) − (1 − z)·log(1 − σ(x)), written as softplus(x) − x·z, which
 * neither overflows nor loses the small side. Logits x and labels z in [0, 1] of one shape.
 */
export const sigmoidCrossEntropy: Loss = {
  takes: 'any shape',
  link: 'sigmoid',
  labels: (prediction) => ({ dtype: 'float32', shape: squeezeScalars(prediction) }),
  sum: (graph, x, z) => {
    const loss = graph.add('Sub', [graph.add('Softplus', [x]), graph.add('Mul', [x, z])]);
    return meanPerSample(graph, loss);
  },
};
