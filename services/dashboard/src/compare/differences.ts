import type { Job } from '@descent/client';

/** One setting, as every compared job has it; undefined where a job has none. */
export interface Difference {
  readonly field: string;
  readonly values: readonly (string | undefined)[];
}

/** Settings in which jobs differ, by the name of the field: `training.optimizer.learningRate`. */
export function differencesOf(jobs: readonly Pick<Job, 'request'>[]): readonly Difference[] {
  const flat = jobs.map(({ request: { name: _name, ...settings } }) => new Map(leavesOf(settings, '')));
  const fields = new Set(flat.flatMap((settings) => [...settings.keys()]));
  return [...fields]
    .map((field): Difference => ({ field, values: flat.map((settings) => settings.get(field)) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Every setting with the path that names it. */
export function leavesOf(value: unknown, path: string): [string, string][] {
  if (Array.isArray(value) && !value.every(isPlain)) {
    return value.flatMap((item, index) => leavesOf(item, `${path}[${index}]`));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, field]) =>
      leavesOf(field, path === '' ? name : `${path}.${name}`),
    );
  }
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
