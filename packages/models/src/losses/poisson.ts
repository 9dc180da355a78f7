import { sameShapeLabels } from './element-wise.ts';
import type { Loss, LossSpecOf } from './loss.ts';
import { meanPerSample } from './reduce.ts';

/** Keras' epsilon: a rate of 0 has a finite logarithm. */
const epsilon = 1e-7;

/**
 * Σ over samples of the mean over elements of the negative log-likelihood of a Poisson distribution without its constant:
 * eˣ − y·x for the logarithm x of the rate (PyTorch's PoissonNLLLoss), or rate − y·log(rate + 10⁻⁷) (Keras Poisson).
 */
export const poisson: Loss<LossSpecOf<'poisson'>> = {
  takes: 'any shape',
  link: ({ logInput = true }) => (logInput ? 'exponential' : undefined),
  labels: sameShapeLabels,
  sum: ({ graph, spec, values, labels, weights }) => {
    const x = values[0]!;
    const { logInput = true } = spec;
    const rate = logInput ? graph.add('Exp', [x]) : x;
    const logRate = logInput ? x : graph.add('Log', [graph.add('Add', [x, graph.scalar(epsilon)])]);
    return meanPerSample(graph, graph.add('Sub', [rate, graph.add('Mul', [labels, logRate])]), weights);
  },
  view: ({ graph, spec, shapes, values, labels }) => ({
    kind: 'values',
    shape: shapes[0]!,
    prediction: () => (spec.logInput === false ? values[0]! : graph.add('Exp', [values[0]!])),
    labels: () => labels,
  }),
};
