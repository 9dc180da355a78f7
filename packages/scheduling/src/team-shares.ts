import type { TeamShare } from '@descent/contracts';
import { sum } from './group-by.ts';
import { accountOf, type Ledger } from './ledger.ts';
import { type SchedulingView, settingsOf } from './view.ts';

/** For each team that has jobs: what it is entitled to and what it had. Nothing used yet: everybody had their part. */
export function teamShares(view: SchedulingView, ledger: Ledger): Map<string, TeamShare> {
  const teams = [...new Set(view.jobs.map(({ team }) => team))];
  const weights = sum(teams.map((team) => settingsOf(view, team).weight));
  const recent = sum(teams.map((team) => accountOf(ledger, team).recent));
  return new Map(
    teams.map((team) => {
      const { weight } = settingsOf(view, team);
      const account = accountOf(ledger, team);
      const entitled = weight / weights;
      return [
        team,
        {
          team,
          weight,
          recentWorkerSeconds: account.recent,
          spentWorkerSeconds: account.spent,
          entitled,
          used: recent === 0 ? entitled : account.recent / recent,
        },
      ];
    }),
  );
}
