import { type BestScores, bestScores, scoreGoals } from '@descent/contracts';
import { type Database, type JobRecord, readPoints } from '@descent/storage';

/** Points are read so many at a time. */
const limit = 5000;

/** The best of each score, looked for in all that is stored: where a best one has been measured again. */
export async function bestOfAllPoints(db: Database, job: JobRecord): Promise<BestScores> {
  const goals = scoreGoals(job.request.model);
  let best: BestScores = {};
  for (let after = 0; ; ) {
    const points = await readPoints(db, job.id, { after, limit });
    // A (step, split) is stored once: none of them is measured again.
    best = bestScores(best, points, goals) ?? best;
    if (points.length < limit) return best;
    after = points.at(-1)!.sequence;
  }
}
