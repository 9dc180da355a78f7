import type { MetricSettings, Scores, ScoreTable } from '@descent/contracts';
import { metrics } from './index.ts';
import { type Metric, meanOverSamples } from './metric.ts';

/** A metric of a compiled model, or the value of one of its losses. */
export interface CompiledMetric {
  /** Of its curve or table. */
  readonly name: string;
  /** How many numbers it adds up: elements of the output `metric/<name>` of training and evaluation graph. */
  readonly sums: number;
  /** undefined: the value of one of several losses. */
  readonly settings: MetricSettings | undefined;
  /** Name of the labels that it judges by; their column names the classes. */
  readonly labels?: string;
}

/** Numbers of the sums block behind samples and loss. */
export function sumCount(compiled: readonly CompiledMetric[]): number {
  return compiled.reduce((count, { sums }) => count + sums, 0);
}

/**
 * Loss and metrics of the samples whose sums these are: number of samples, sum of the loss, then the metrics' sums.
 */
export function scoresOf(compiled: readonly CompiledMetric[], sums: Float64Array): Scores & { loss: number } {
  const scores: Record<string, number> & { loss: number } = { loss: sums[1]! / sums[0]! };
  for (const [{ name }, value] of finished(compiled, sums, () => undefined)) {
    if (typeof value === 'number') scores[name] = value;
  }
  return scores;
}

/** The metrics that are tables, such as a confusion matrix. `classesOf` names the classes of labels, where they have names. */
export function tablesOf(
  compiled: readonly CompiledMetric[],
  sums: Float64Array,
  classesOf: (labels: string) => readonly string[] | undefined,
): Readonly<Record<string, ScoreTable>> {
  const tables: Record<string, ScoreTable> = {};
  for (const [{ name }, value] of finished(compiled, sums, classesOf)) {
    if (typeof value !== 'number') tables[name] = value;
  }
  return tables;
}

function finished(
  compiled: readonly CompiledMetric[],
  sums: Float64Array,
  classesOf: (labels: string) => readonly string[] | undefined,
): readonly (readonly [CompiledMetric, number | ScoreTable])[] {
  let start = 2;
  return compiled.map((metric) => {
    const own = sums.subarray(start, start + metric.sums);
    start += metric.sums;
    const { settings, labels } = metric;
    if (settings === undefined) return [metric, meanOverSamples(own, sums[0]!)] as const;
    const rule = metrics[settings.type] as Metric<MetricSettings>;
    const classNames = labels === undefined ? undefined : classesOf(labels);
    return [metric, rule.finish(own, sums[0]!, settings, classNames)] as const;
  });
}
