import { type Database, grantedJobs, readPlan } from '@descent/storage';

const keptPlans = 64;

/** Which files of data sets the workers of a token may read: those of the jobs whose gradient jobs they were given, while a lease lasts. */
export function createReadableShards(db: Database) {
  /** By job; a plan never changes. */
  const shardsOf = new Map<string, ReadonlySet<string>>();

  const read = async (jobId: string): Promise<ReadonlySet<string>> => {
    const known = shardsOf.get(jobId);
    if (known !== undefined) return known;
    const plan = await readPlan(db, jobId);
    const hashes = new Set(plan?.manifest.splits.flatMap(({ shards }) => shards.map(({ hash }) => hash)));
    if (shardsOf.size >= keptPlans) shardsOf.clear();
    shardsOf.set(jobId, hashes);
    return hashes;
  };

  return async (tokenId: string, hash: string, nowMs: number): Promise<boolean> => {
    for (const job of await grantedJobs(db, tokenId, nowMs)) if ((await read(job)).has(hash)) return true;
    return false;
  };
}
