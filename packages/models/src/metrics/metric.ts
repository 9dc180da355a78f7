import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { MetricName, MetricOf, MetricSettings, ScoreTable } from '@descent/contracts';
import type { DescentError } from '@descent/errors';
import type { View } from '../losses/view.ts';

/** A metric while its sums are computed. */
export interface MetricContext<Settings extends MetricSettings> {
  readonly graph: GraphBuilder;
  readonly settings: Settings;
  /** What the loss shows of its prediction and labels. */
  readonly view: View;
  /** To throw, where the settings do not fit the view. */
  invalid(problem: string): DescentError;
}

/** One metric. One file each. */
export interface Metric<Settings extends MetricSettings> {
  /**
   * Adds the nodes that count: float32, a scalar or [numbers], each a sum over the samples of the micro-batch, so that
   * micro-batches add up. Counts are exact up to 2²⁴ per micro-batch. undefined: it has no meaning for such a view.
   */
  sums(context: MetricContext<Settings>): ValueName | undefined;
  /** The metric from the sums over all samples: a finite number, whatever was counted; or a table. */
  finish(
    sums: Float64Array,
    samples: number,
    settings: Settings,
    classNames?: readonly string[],
  ): number | ScoreTable;
}

export type MetricTable = { readonly [Name in MetricName]: Metric<MetricOf<Name>> };

/** For a metric that is a mean over samples of one number. */
export const meanOverSamples = (sums: Float64Array, samples: number) => sums[0]! / samples;

/** 0 of nothing is 0. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
