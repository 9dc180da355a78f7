import type { Job } from '@descent/client';

const metricLabels: Record<string, string> = {
  meanAbsoluteError: 'MAE',
};

/** Name of a loss or metric as people read it: `gradientNorm` → `gradient norm`. */
export function metricLabel(metric: string): string {
  return metricLabels[metric] ?? metric.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What the user asked to measure, the loss first; these have validation scores too. */
export function scoresOf(job: Job): string[] {
  return ['loss', ...(job.request.model.metrics ?? [])];
}

/** All there are curves of: the scores, then what training reports besides, such as the gradient norm. */
export function curvesOf(job: Job): string[] {
  return [...new Set([...scoresOf(job), ...Object.keys(job.latest ?? {})])];
}

/** The score that a job is judged by: its first metric, or the loss when it has none. */
export function mainScore(job: Job): string {
  return scoresOf(job)[1] ?? 'loss';
}
