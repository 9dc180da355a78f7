import { type Job, scoreNames } from '@descent/client';

const metricLabels: Record<string, string> = {
  auc: 'AUC',
  f1: 'F1',
  meanAbsoluteError: 'MAE',
  meanSquaredError: 'MSE',
  r2: 'R²',
  rootMeanSquaredError: 'RMSE',
};

/** Name of a loss or metric as people read it: `gradientNorm` → `gradient norm`. */
export function metricLabel(metric: string): string {
  return (
    metricLabels[metric] ?? metric.replaceAll(/[A-Z]|(?<=[a-z])\d+/g, (part) => ` ${part.toLowerCase()}`)
  );
}

/** What the user asked to measure, the loss first; these have validation scores too. */
export function scoresOf(job: Job): string[] {
  return [...scoreNames(job.request.model)];
}

/** All there are curves of: the scores, then what training reports besides, such as the gradient norm. */
export function curvesOf(job: Job): string[] {
  return [...new Set([...scoresOf(job), ...Object.keys(job.latest ?? {})])];
}

/** The score that a job is judged by: its first metric that is a number, or the loss when it has none. */
export function mainScore(job: Job): string {
  const metrics = scoreNames({ ...job.request.model, loss: [] });
  return metrics[1] ?? 'loss';
}
