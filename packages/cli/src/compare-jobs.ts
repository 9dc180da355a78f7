import type { Job } from '@descent/contracts';

export interface Comparison {
  /** Scores of the latest evaluation, or of training where there was none; null where a job has no such score. */
  readonly scores: Readonly<Record<string, readonly (number | null)[]>>;
  /** Settings that are not the same in all jobs, by their path; undefined where a request does not set it. */
  readonly settings: Readonly<Record<string, readonly (Setting | undefined)[]>>;
}
export type Setting = string | number | boolean | null;

/** What jobs have in common is left out: only what may have made the difference stays. */
export function compareJobs(jobs: readonly Job[]): Comparison {
  const scores = jobs.map(({ validation, latest }) => validation ?? latest ?? {});
  const names = [...new Set(scores.flatMap((one) => Object.keys(one)))];
  const flat = jobs.map(({ request: { name: _, ...request } }) => flatten(request));
  const paths = [...new Set(flat.flatMap((one) => [...one.keys()]))].sort();
  return {
    scores: Object.fromEntries(names.map((name) => [name, scores.map((one) => one[name] ?? null)])),
    settings: Object.fromEntries(
      paths
        .map((path) => [path, flat.map((one) => one.get(path))] as const)
        .filter(([, values]) => values.some((value) => value !== values[0])),
    ),
  };
}

/** `training.optimizer.learningRate`, `model.layers[0].units` */
function flatten(value: unknown): Map<string, Setting> {
  const found = new Map<string, Setting>();
  const visit = (part: unknown, path: string): void => {
    if (Array.isArray(part)) for (const [index, one] of part.entries()) visit(one, `${path}[${index}]`);
    else if (typeof part === 'object' && part !== null)
      for (const [key, one] of Object.entries(part)) visit(one, path === '' ? key : `${path}.${key}`);
    else if (part !== undefined) found.set(path, part as Setting);
  };
  visit(value, '');
  return found;
}
