import type { ValueName } from '@descent/autodiff';
import type { MetricOf } from '@descent/contracts';
import { sumOf } from '../losses/reduce.ts';
import { countWhere, positives } from './binary.ts';
import { guessMarks, labelMarks } from './classes.ts';
import { vectorOf } from './mean-of-counted.ts';
import { type Metric, type MetricContext, ratio } from './metric.ts';

type Settings = MetricOf<'precision' | 'recall' | 'f1'>;

/** What was counted for one class, or for yes. */
interface Counts {
  readonly hits: number;
  readonly guessed: number;
  readonly labelled: number;
}

/** Share of the guesses of a class that are right. */
export const precision: Metric<MetricOf<'precision'>> = perClass(({ hits, guessed }) => ratio(hits, guessed));

/** Share of the samples of a class that were found. */
export const recall: Metric<MetricOf<'recall'>> = perClass(({ hits, labelled }) => ratio(hits, labelled));

/** Harmonic mean of both. */
export const f1: Metric<MetricOf<'f1'>> = perClass(({ hits, guessed, labelled }) =>
  ratio(2 * hits, guessed + labelled),
);

/**
 * Binary: of all elements that are yes. Several classes: the mean over those that are guessed or labelled at all
 * ("macro"). 0 ÷ 0 is 0.
 */
function perClass<Own extends Settings>(score: (counts: Counts) => number): Metric<Own> {
  return {
    sums,
    finish(counted) {
      const classes = counted.length / 3;
      const scores: number[] = [];
      for (let index = 0; index < classes; index += 1) {
        const [hits, guessed, labelled] = [0, 1, 2].map((row) => counted[row * classes + index]!);
        const counts = { hits: hits!, guessed: guessed!, labelled: labelled! };
        if (counts.guessed + counts.labelled > 0) scores.push(score(counts));
      }
      return ratio(
        scores.reduce((sum, value) => sum + value, 0),
        scores.length,
      );
    },
  };
}

/** Hits, guesses and labels, each per class. */
function sums({ graph, settings, view, invalid }: MetricContext<Settings>): ValueName | undefined {
  switch (view.kind) {
    case 'classes': {
      if (settings.threshold !== undefined) throw invalid('a threshold is for yes or no, not for classes');
      const labels = labelMarks(graph, view);
      const all = guessMarks(graph, view);
      const guesses =
        view.counted === undefined
          ? all
          : graph.add('Mul', [all, graph.add('Unsqueeze', [view.counted(), graph.integers([1])])]);
      const perClassSum = (marks: ValueName) =>
        graph.add('ReduceSum', [marks, graph.integers([0])], { keepdims: 0 });
      const hits = graph.add('Mul', [labels, guesses]);
      return vectorOf(graph, [hits, guesses, labels].map(perClassSum));
    }
    case 'binary': {
      const [guessed, wanted] = [positives(graph, view, settings.threshold), view.wanted()];
      const counts = [[guessed, wanted], [guessed], [wanted]].map((conditions) =>
        sumOf(graph, countWhere(graph, view, conditions)),
      );
      return vectorOf(graph, counts);
    }
    case 'values':
      return undefined;
    default:
      return view satisfies never;
  }
}
