import type { MetricOf } from '@descent/contracts';
import { finishMean, sumsOfMean } from './mean-of-counted.ts';
import type { Metric } from './metric.ts';

/** e to the mean over labels of −log softmax(logits)[label], without smoothing and class weights; at most 10³⁰⁸. */
export const perplexity: Metric<MetricOf<'perplexity'>> = {
  sums: ({ graph, view }) => {
    if (view.kind !== 'classes' || !view.logits) return undefined;
    const losses = graph.add('SoftmaxCrossEntropyLoss', [view.scores(), view.labels()], {
      reduction: 'none',
    });
    return sumsOfMean(graph, losses, view.counted);
  },
  finish: (sums, samples) => Math.min(Math.exp(finishMean(sums, samples)), Number.MAX_VALUE),
};
