import type { Job } from '@descent/client';
import { leavesOf } from '../compare/differences.ts';
import { formatScore } from '../format/number.ts';

type Told = Pick<Job, 'request' | 'latest' | 'validation' | 'best'>;

/**
 * What a field of the search language says of a job, as far as a column can show it: `metrics.NAME`, `best.NAME`, or a
 * setting by the end of its path.
 */
export function fieldOf(job: Told, field: string): string | undefined {
  const [, where, name = ''] = /^(metrics|best)\.(\w+)$/.exec(field) ?? [];
  if (where !== undefined) {
    const latest = job.validation?.[name] ?? job.latest?.[name];
    const value = where === 'best' ? job.best[name]?.value : latest;
    return value === undefined ? undefined : formatScore(name, value);
  }
  return leavesOf(job.request, '').find(([path]) => path === field || path.endsWith(`.${field}`))?.[1];
}

/** Fields that make a column worth having: every metric, and the settings in which the jobs differ. */
export function columnFields(jobs: readonly Told[]): string[] {
  const scores = new Set(
    jobs.flatMap((job) => [...Object.keys(job.latest ?? {}), ...Object.keys(job.validation ?? {})]),
  );
  const judged = new Set(jobs.flatMap(({ best }) => Object.keys(best)));
  const values = new Map<string, Set<string>>();
  const holders = new Map<string, number>();
  for (const { request } of jobs) {
    for (const [path, value] of leavesOf(request, '')) {
      // Where a job lists its layers is of no interest beside other jobs.
      if (path === 'name' || path.startsWith('model.layers')) continue;
      values.set(path, (values.get(path) ?? new Set()).add(value));
      holders.set(path, (holders.get(path) ?? 0) + 1);
    }
  }
  const differing = [...values]
    .filter(([path, found]) => found.size > 1 || (holders.get(path) ?? 0) < jobs.length)
    .map(([path]) => path);
  return [
    ...[...judged].map((name) => `best.${name}`),
    ...[...scores].map((name) => `metrics.${name}`),
    ...differing.toSorted(),
  ];
}
