import type { Job } from '@descent/client';

const metricLabels: Record<string, string> = {
  loss: 'loss',
  accuracy: 'accuracy',
  meanAbsoluteError: 'MAE',
};

/** Name of a loss or metric as people read it. */
export function metricLabel(metric: string): string {
  return metricLabels[metric] ?? metric;
}

/** The metrics a job measures, its loss first. */
export function metricsOf(job: Job): string[] {
  const named = job.request.model.metrics ?? [];
  const measured = [...Object.keys(job.latest ?? {}), ...Object.keys(job.validation ?? {})];
  return [...new Set(['loss', ...named, ...measured])];
}

/** What a row of the list shows besides the loss: the first metric, if the job has one. */
export function mainMetric(job: Job): string {
  return metricsOf(job)[1] ?? 'loss';
}
