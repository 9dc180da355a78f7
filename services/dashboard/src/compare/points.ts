import type { Job } from '@descent/client';
import { leavesOf } from './differences.ts';

/** One number that every compared job may have: a setting or a score. */
export interface Dimension {
  readonly name: string;
  /** In the order of the jobs; null where a job has none. */
  readonly values: readonly (number | null)[];
  readonly kind: 'setting' | 'score';
}

type Compared = Pick<Job, 'request' | 'validation' | 'latest' | 'price'>;

/** The settings that are numbers and differ, then what came out of them: what a plot of the jobs can show. */
export function dimensionsOf(jobs: readonly Compared[], metrics: readonly string[]): readonly Dimension[] {
  const settings = jobs.map(({ request }) => new Map(leavesOf(request, '')));
  const names = [...new Set(settings.flatMap((one) => [...one.keys()]))].filter((name) => name !== 'name');
  const found = names.map(
    (name): Dimension => ({ name, values: settings.map((one) => numberIn(one.get(name))), kind: 'setting' }),
  );
  const scores = metrics.map(
    (name): Dimension => ({
      name,
      values: jobs.map(({ validation, latest }) => validation?.[name] ?? latest?.[name] ?? null),
      kind: 'score',
    }),
  );
  const parameters: Dimension = {
    name: 'parameters',
    values: jobs.map(({ price }) => price.parameters),
    kind: 'setting',
  };
  return [...found.filter(differs), ...[parameters].filter(differs), ...scores];
}

function differs({ values }: Dimension): boolean {
  return new Set(values.filter((value) => value !== null)).size > 1;
}

function numberIn(text: string | undefined): number | null {
  if (text === undefined || text === '' || text === 'null') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/**
 * Places values along an axis, from 0 to 1: by their size, or by their order of magnitude where they are positive and
 * span more than a factor of 20, as learning rates do. A value that is alone stands in the middle.
 */
export function placesOn(values: readonly (number | null)[]): readonly (number | null)[] {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const scale = low > 0 && high / low > 20 ? Math.log : (value: number) => value;
  return values.map((value) => {
    if (value === null) return null;
    return high > low ? (scale(value) - scale(low)) / (scale(high) - scale(low)) : 0.5;
  });
}
