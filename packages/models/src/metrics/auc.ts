import { elementCountOf } from '@descent/autodiff';
import type { MetricOf } from '@descent/contracts';
import { countWhere } from './binary.ts';
import { classMarks } from './classes.ts';
import { vectorOf } from './mean-of-counted.ts';
import { type Metric, ratio } from './metric.ts';

/** Marks of one sample, one for each element and bin: 64 MiB. */
const mostMarks = 2 ** 24;

/**
 * Area under the ROC curve: the probability that a positive element has a larger score than a negative one. Probabilities
 * fall into bins of equal width, as in Keras, and pairs within a bin count half; so the error is at most half the share
 * of such pairs, ½·Σ over bins of (share of the positives)·(share of the negatives). Without positives or negatives it is 0.
 */
export const auc: Metric<MetricOf<'auc'>> = {
  sums: ({ graph, settings, view, invalid }) => {
    if (view.kind !== 'binary') return undefined;
    const { bins = 200 } = settings;
    const { coefficient: elements } = elementCountOf(graph.type(view.scores()).shape);
    if (elements * bins > mostMarks) {
      throw invalid(`${elements} elements of a sample in ${bins} bins are too many; use fewer bins`);
    }
    const scaled = graph.add('Mul', [graph.add('Sigmoid', [view.scores()]), graph.scalar(bins)]);
    const cut = graph.add('Clip', [graph.add('Floor', [scaled]), graph.scalar(0), graph.scalar(bins - 1)]);
    const flat = (value: string) => graph.add('Reshape', [value, graph.integers([1, -1])]);
    const codes = graph.add('Reshape', [graph.add('Cast', [cut], { to: 'int64' }), graph.integers([-1])]);
    const marks = classMarks(graph, codes, bins);
    const wanted = view.wanted();
    const histograms = [wanted, graph.add('Not', [wanted])].map((side) => {
      const members = flat(countWhere(graph, view, [side]));
      return graph.add('Reshape', [graph.add('MatMul', [members, marks]), graph.integers([-1])]);
    });
    return vectorOf(graph, histograms);
  },
  finish(counted) {
    const bins = counted.length / 2;
    const [positives, negatives] = [counted.subarray(0, bins), counted.subarray(bins)];
    let below = 0;
    let ordered = 0;
    for (const [bin, count] of positives.entries()) {
      ordered += count * (below + negatives[bin]! / 2);
      below += negatives[bin]!;
    }
    return ratio(ordered, below * positives.reduce((sum, count) => sum + count, 0));
  },
};
