import type { ValueName } from '@descent/autodiff';
import type { MetricOf } from '@descent/contracts';
import { finishMean, sumsOfMean } from './mean-of-counted.ts';
import type { Metric, MetricContext } from './metric.ts';

type Settings = MetricOf<'meanAbsoluteError' | 'meanSquaredError' | 'rootMeanSquaredError'>;

/** Mean over elements of |prediction − label|; for a binary loss the prediction is the probability. */
export const meanAbsoluteError: Metric<MetricOf<'meanAbsoluteError'>> = {
  sums: (context) => sumsOfError(context, (difference) => context.graph.add('Abs', [difference])),
  finish: finishMean,
};

/** Mean over elements of (prediction − label)². */
export const meanSquaredError: Metric<MetricOf<'meanSquaredError'>> = {
  sums: sumsOfSquares,
  finish: finishMean,
};

/** The root of that mean, taken once over all samples. */
export const rootMeanSquaredError: Metric<MetricOf<'rootMeanSquaredError'>> = {
  sums: sumsOfSquares,
  finish: (sums, samples) => Math.sqrt(finishMean(sums, samples)),
};

function sumsOfSquares(context: MetricContext<Settings>): ValueName | undefined {
  return sumsOfError(context, (difference) => context.graph.add('Mul', [difference, difference]));
}

function sumsOfError(
  { graph, view }: MetricContext<Settings>,
  rule: (difference: ValueName) => ValueName,
): ValueName | undefined {
  switch (view.kind) {
    case 'values':
      return sumsOfMean(graph, rule(graph.add('Sub', [view.prediction(), view.labels()])));
    case 'binary': {
      const probability = graph.add('Sigmoid', [view.scores()]);
      return sumsOfMean(graph, rule(graph.add('Sub', [probability, view.labels()])), view.counted);
    }
    case 'classes':
      return undefined;
    default:
      return view satisfies never;
  }
}
