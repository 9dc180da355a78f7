import { meanPerSample } from '../losses/reduce.ts';
import { type Metric, meanOverSamples } from './metric.ts';

/** Σ over samples of the mean over elements of |prediction − label|; for sigmoid the prediction is the probability. */
export const meanAbsoluteError: Metric = {
  finish: meanOverSamples,
  sums: {
    meanSquaredError: (graph, prediction, labels) =>
      meanPerSample(graph, graph.add('Abs', [graph.add('Sub', [prediction, labels])])),
    sigmoidCrossEntropy: (graph, logits, labels) =>
      meanPerSample(graph, graph.add('Abs', [graph.add('Sub', [graph.add('Sigmoid', [logits]), labels])])),
  },
};
