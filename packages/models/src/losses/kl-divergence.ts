import { mostProbable, perPosition, positionsOf } from './class-labels.ts';
import type { Loss, LossSpecOf } from './loss.ts';
import { meanPerSample, sumOfLast } from './reduce.ts';

/** Below it y·log y is 0 for every purpose, and log y still a number. */
const tiny = 1e-30;

/**
 * Σ over samples of the mean over positions of Σ y·(log y − log softmax(logits)) along the last axis (Kullback & Leibler
 * 1951; PyTorch's KLDivLoss of a log-softmax); 0·log 0 is 0.
 */
export const klDivergence: Loss<LossSpecOf<'klDivergence'>> = {
  takes: '[..., classes] with at least 2 classes',
  link: () => 'softmax',
  labels: ({ shapes }) =>
    (shapes[0]!.at(-1) ?? 0) < 2 ? undefined : { dtype: 'float32', shape: shapes[0]! },
  sum: ({ graph, shapes, values, labels, weights }) => {
    const scores = perPosition(graph, values[0]!, shapes[0]!);
    const shares = perPosition(graph, labels, shapes[0]!);
    const wanted = graph.add('Log', [graph.add('Max', [shares, graph.scalar(tiny)])]);
    const difference = graph.add('Sub', [wanted, graph.add('LogSoftmax', [scores], { axis: 1 })]);
    return meanPerSample(graph, sumOfLast(graph, graph.add('Mul', [shares, difference])), weights);
  },
  view: ({ graph, shapes, values, labels }) => ({
    kind: 'classes',
    classes: shapes[0]!.at(-1)!,
    positions: positionsOf(shapes[0]!),
    logits: true,
    scores: () => perPosition(graph, values[0]!, shapes[0]!),
    labels: () => mostProbable(graph, perPosition(graph, labels, shapes[0]!)),
  }),
};
