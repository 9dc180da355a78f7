import type { MetricOf } from '@descent/contracts';
import { sumOf } from '../losses/reduce.ts';
import { countWhere, positives } from './binary.ts';
import { guessMarks, labelMarks } from './classes.ts';
import { vectorOf } from './mean-of-counted.ts';
import type { Metric } from './metric.ts';

/** The table travels with every micro-batch and stands in an event: 128² numbers are 128 KiB. */
const mostClasses = 128;

/** How often each label (row) was taken for each class (column). */
export const confusionMatrix: Metric<MetricOf<'confusionMatrix'>> = {
  sums: ({ graph, settings, view, invalid }) => {
    switch (view.kind) {
      case 'classes': {
        if (settings.threshold !== undefined) throw invalid('a threshold is for yes or no, not for classes');
        if (view.classes > mostClasses) {
          throw invalid(`a table of ${view.classes} classes is too large; at most ${mostClasses}`);
        }
        const labels = graph.add('Transpose', [labelMarks(graph, view)], { perm: [1, 0] });
        const table = graph.add('MatMul', [labels, guessMarks(graph, view)]);
        return graph.add('Reshape', [table, graph.integers([-1])]);
      }
      case 'binary': {
        const [yes, wanted] = [positives(graph, view, settings.threshold), view.wanted()];
        const [no, unwanted] = [graph.add('Not', [yes]), graph.add('Not', [wanted])];
        const cells = [
          [unwanted, no],
          [unwanted, yes],
          [wanted, no],
          [wanted, yes],
        ];
        return vectorOf(
          graph,
          cells.map((conditions) => sumOf(graph, countWhere(graph, view, conditions))),
        );
      }
      case 'values':
        return undefined;
      default:
        return view satisfies never;
    }
  },
  finish(counted, _samples, _settings, classNames = []) {
    const size = Math.sqrt(counted.length);
    const names = Array.from({ length: size }, (_, index) => classNames[index] ?? String(index));
    const values = names.map((_, row) => [...counted.subarray(row * size, (row + 1) * size)]);
    return { rows: names, columns: names, values };
  },
};
