import type { LossSpec, Objective } from './losses.ts';
import type { MetricName, MetricSettings, MetricSpec } from './metrics.ts';

export function lossesOf({ loss }: { readonly loss: Objective }): readonly LossSpec[] {
  return Array.isArray(loss) ? loss : [loss];
}

/** What metrics and curves call a loss. */
export function lossName(loss: LossSpec): string {
  return loss.name ?? ('prediction' in loss ? loss.prediction : undefined) ?? loss.type;
}

/** Names of the labels of all losses, each once. */
export function labelNames(spec: { readonly loss: Objective }): readonly string[] {
  return [...new Set(lossesOf(spec).flatMap((loss) => ('labels' in loss ? [loss.labels] : [])))];
}

export function metricSettings(metric: MetricSpec): MetricSettings {
  return typeof metric === 'string' ? { type: metric } : metric;
}

/** What the curve of a metric is called: `accuracy`, `top5Accuracy`, `digitAccuracy` for that of the loss "digit". */
export function metricLabel(metric: MetricSpec): string {
  const settings = metricSettings(metric);
  if (settings.name !== undefined) return settings.name;
  const own = settings.type === 'topK' ? `top${settings.k ?? 5}Accuracy` : settings.type;
  return settings.loss === undefined ? own : joinNames(settings.loss, own);
}

/** What the curve of one of several losses is called. */
export function lossLabel(loss: string): string {
  return joinNames(loss, 'loss');
}

/** Whether it gives a table and no number. */
export function isTable(metric: MetricSpec): boolean {
  return metricSettings(metric).type === 'confusionMatrix';
}

/** The numbers that a training job reports: the loss, each of several losses, the metrics that are numbers. */
export function scoreNames(model: {
  readonly loss: Objective;
  readonly metrics?: readonly MetricSpec[];
}): readonly string[] {
  const losses = lossesOf(model);
  const numbers = (model.metrics ?? []).filter((metric) => !isTable(metric));
  return [
    'loss',
    ...(losses.length > 1 ? losses.map((loss) => lossLabel(lossName(loss))) : []),
    ...numbers.map(metricLabel),
  ];
}

export type ScoreGoal = 'largest' | 'smallest';

/** Which value of a metric is the best; null: it is no number. */
const metricGoals: Readonly<Record<MetricName, ScoreGoal | null>> = {
  accuracy: 'largest',
  topK: 'largest',
  precision: 'largest',
  recall: 'largest',
  f1: 'largest',
  auc: 'largest',
  confusionMatrix: null,
  perplexity: 'smallest',
  meanAbsoluteError: 'smallest',
  meanSquaredError: 'smallest',
  rootMeanSquaredError: 'smallest',
  r2: 'largest',
  cosineSimilarity: 'largest',
};

/** Which value is the best of every name in `scoreNames`: of a loss the smallest. */
export function scoreGoals(model: Parameters<typeof scoreNames>[0]): Readonly<Record<string, ScoreGoal>> {
  const ofMetrics = new Map(
    (model.metrics ?? []).map((metric) => [metricLabel(metric), metricGoals[metricSettings(metric).type]]),
  );
  return Object.fromEntries(scoreNames(model).map((name) => [name, ofMetrics.get(name) ?? 'smallest']));
}

function joinNames(first: string, second: string): string {
  return `${first}${second.slice(0, 1).toUpperCase()}${second.slice(1)}`;
}
