import type { Database } from './database/database.ts';
import { inChunks } from './in-chunks.ts';

export interface HeldArtifact {
  readonly hash: string;
  readonly bytes: number;
}

/** Notes that `owner` (a job or data set id) holds these files. Holding one twice is no error. */
export async function holdArtifacts(
  db: Database,
  owner: string,
  artifacts: readonly HeldArtifact[],
): Promise<void> {
  const created_at = new Date().toISOString();
  const rows = artifacts.map(({ hash, bytes }) => ({ hash, bytes, owner, created_at }));
  for (const chunk of inChunks(rows)) {
    await db
      .insertInto('artifacts')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['hash', 'owner']).doNothing())
      .execute();
  }
}

/** Lets go of all that `owner` holds except `keep`. Returns the hashes that nobody holds any more: delete their files. */
export async function releaseArtifacts(
  db: Database,
  owner: string,
  keep: readonly string[] = [],
): Promise<string[]> {
  const kept = new Set(keep);
  const held = await db.selectFrom('artifacts').select('hash').where('owner', '=', owner).execute();
  const orphans: string[] = [];
  for (const { hash } of held) {
    if (kept.has(hash)) continue;
    await db.deleteFrom('artifacts').where('owner', '=', owner).where('hash', '=', hash).execute();
    if (!(await isHeld(db, hash))) orphans.push(hash);
  }
  return orphans;
}

export async function isHeld(db: Database, hash: string): Promise<boolean> {
  const row = await db.selectFrom('artifacts').select('owner').where('hash', '=', hash).executeTakeFirst();
  return row !== undefined;
}

export async function holdsArtifact(db: Database, owner: string, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom('artifacts')
    .select('owner')
    .where('hash', '=', hash)
    .where('owner', '=', owner)
    .executeTakeFirst();
  return row !== undefined;
}
