import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { LossType, MetricName } from '@descent/contracts';

/**
 * Adds the nodes that count: float32, a scalar or [numbers], each a sum over the samples of the micro-batch, so that
 * micro-batches add up. Counts are exact up to 2²⁴ per micro-batch.
 */
export type MetricSums = (graph: GraphBuilder, prediction: ValueName, labels: ValueName) => ValueName;

/** One metric. One file each. */
export interface Metric {
  /** What it counts for each loss; a pair that is not there has no meaning and is refused. */
  readonly sums: { readonly [Loss in LossType]?: MetricSums };
  /** The metric from the sums over all samples. */
  finish(sums: Float64Array, samples: number): number;
}

export type MetricTable = { readonly [Name in MetricName]: Metric };

/** For a metric that is a mean over samples of one number. */
export const meanOverSamples: Metric['finish'] = (sums, samples) => sums[0]! / samples;
