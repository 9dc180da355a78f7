import { DescentError } from '@descent/errors';
import { type Database, findTeam, storedBytesByTeam, storedDatasetBytes } from '@descent/storage';

/**
 * Refuses what would take a team, or all data sets together, over the bytes they may store.
 * @param team null: everybody's, which only the limit of the server binds
 * @param needed bytes about to be stored, that is not counted yet
 * @throws DescentError DATASET_QUOTA_EXCEEDED
 */
export async function checkQuota(
  db: Database,
  { team, needed, limitBytes }: { team: string | null; needed: number; limitBytes: number },
): Promise<void> {
  const used = await storedDatasetBytes(db);
  refuseAbove('This server', limitBytes, used, needed);
  const limit = team === null ? null : ((await findTeam(db, team))?.storedBytesLimit ?? null);
  if (team === null || limit === null) return;
  refuseAbove('The team', limit, (await storedBytesByTeam(db)).get(team) ?? 0, needed);
}

function refuseAbove(owner: string, limit: number, used: number, needed: number): void {
  const total = used + needed;
  if (total > limit) throw new DescentError('DATASET_QUOTA_EXCEEDED', { owner, limit, total });
}
