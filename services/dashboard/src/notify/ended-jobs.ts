import { isEnded, type Job } from '@descent/client';

export type SeenStates = ReadonlyMap<string, Job['state']>;

/**
 * The jobs that have ended since they were last seen. What had ended before anybody looked is no news, nor is an older job
 * that comes into the list because others left it; ids sort by time.
 */
export function endedSince(seen: SeenStates | null, jobs: readonly Job[]): Job[] {
  if (seen === null) return [];
  const newest = [...seen.keys()].reduce((last, id) => (id > last ? id : last), '');
  return jobs.filter(({ id, state }) => {
    const before = seen.get(id);
    return isEnded(state) && (before === undefined ? id > newest : !isEnded(before));
  });
}

export function statesOf(jobs: readonly Job[]): SeenStates {
  return new Map(jobs.map(({ id, state }) => [id, state]));
}

/** What a notification says. */
export function endInWords({ name, state, error, validation, reason }: Job): {
  readonly title: string;
  readonly body: string;
} {
  const how = error?.code === 'JOB_DIVERGED' ? 'diverged' : state;
  const scores = Object.entries(validation ?? {}).map(([score, value]) => `${score} ${value.toPrecision(4)}`);
  const body = state === 'succeeded' && scores.length > 0 ? scores.join(', ') : (error?.message ?? reason);
  return { title: `${name} ${how}`, body };
}
