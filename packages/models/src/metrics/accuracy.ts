import type { MetricOf } from '@descent/contracts';
import { mostProbable } from '../losses/class-labels.ts';
import { indicator } from '../losses/reduce.ts';
import { positives } from './binary.ts';
import { finishMean, sumsOfMean } from './mean-of-counted.ts';
import type { Metric } from './metric.ts';

/** Share of labels that are the class of the largest score, the first of equal ones; or on whose side the score is. */
export const accuracy: Metric<MetricOf<'accuracy'>> = {
  finish: finishMean,
  sums: ({ graph, settings, view, invalid }) => {
    switch (view.kind) {
      case 'classes': {
        if (settings.threshold !== undefined) throw invalid('a threshold is for yes or no, not for classes');
        const correct = graph.add('Equal', [mostProbable(graph, view.scores()), view.labels()]);
        return sumsOfMean(graph, indicator(graph, correct), view.counted);
      }
      case 'binary': {
        const chosen = positives(graph, view, settings.threshold);
        const correct = graph.add('Equal', [chosen, view.wanted()]);
        return sumsOfMean(graph, indicator(graph, correct), view.counted);
      }
      case 'values':
        return undefined;
      default:
        return view satisfies never;
    }
  },
};
