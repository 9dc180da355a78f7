import type { Team } from '@descent/contracts';
import { type Database, type TeamRecord, teamTotals } from '@descent/storage';

export async function presentTeams(db: Database, teams: readonly TeamRecord[]): Promise<Team[]> {
  const totals = await teamTotals(db);
  return teams.map((team) => ({ ...team, members: 0, storedBytes: 0, ...totals.get(team.id) }));
}

export async function presentTeam(db: Database, team: TeamRecord): Promise<Team> {
  const [presented] = await presentTeams(db, [team]);
  return presented as Team;
}
