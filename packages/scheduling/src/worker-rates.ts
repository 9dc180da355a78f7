import { groupBy, sum } from './group-by.ts';
import { shareOut } from './share-out.ts';
import { type SchedulingJob, type SchedulingView, settingsOf } from './view.ts';

/** Workers (fractional, on average) that serve each job with a place, as the turns of gradient jobs give them out. */
export function workerRates(view: SchedulingView, jobs: readonly SchedulingJob[]): Map<string, number> {
  const teams = [...groupBy(jobs, ({ team }) => team)];
  const claims = teams.map(([team, own]) => ({
    weight: settingsOf(view, team).weight,
    cap: sum(own.map(({ maxWorkers }) => maxWorkers)),
  }));
  const shares = shareOut(view.cluster.workers, claims);
  return new Map(teams.flatMap(([, own], index) => ofTeam(own, shares[index]!)));
}

/** Higher priorities first, equal ones equally. */
function ofTeam(jobs: readonly SchedulingJob[], workers: number): [string, number][] {
  const groups = [...groupBy(jobs, ({ priority }) => priority)].sort(([a], [b]) => b - a);
  let left = workers;
  return groups.flatMap(([, equals]) => {
    const parts = shareOut(
      left,
      equals.map(({ maxWorkers }) => ({ weight: 1, cap: maxWorkers })),
    );
    left = Math.max(0, left - sum(parts));
    return equals.map(({ id }, index): [string, number] => [id, parts[index]!]);
  });
}
