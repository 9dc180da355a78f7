import type { MetricName, Scores } from '@descent/contracts';
import { metrics } from './index.ts';

/** A metric of a compiled model. */
export interface CompiledMetric {
  readonly name: MetricName;
  /** How many numbers it adds up: elements of the output `metric/<name>` of training and evaluation graph. */
  readonly sums: number;
}

/** Numbers of the sums block behind samples and loss. */
export function sumCount(compiled: readonly CompiledMetric[]): number {
  return compiled.reduce((count, { sums }) => count + sums, 0);
}

/**
 * Loss and metrics of the samples whose sums these are: number of samples, sum of the loss, then the metrics' sums.
 */
export function scoresOf(compiled: readonly CompiledMetric[], sums: Float64Array): Scores & { loss: number } {
  const samples = sums[0]!;
  const scores: Record<string, number> & { loss: number } = { loss: sums[1]! / samples };
  let start = 2;
  for (const { name, sums: count } of compiled) {
    scores[name] = metrics[name].finish(sums.subarray(start, start + count), samples);
    start += count;
  }
  return scores;
}
