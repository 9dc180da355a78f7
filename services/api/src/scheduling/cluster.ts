import type { Announcement } from '@descent/contracts';
import {
  type Database,
  listAnnouncements,
  listParameterServers,
  listWorkers,
  type OwnedWorker,
  type ParameterServerRecord,
} from '@descent/storage';

/** Who is there to compute, as heard of lately, and what staff have announced. */
export interface ClusterState {
  /** That take work. */
  readonly workers: readonly OwnedWorker[];
  readonly servers: readonly ParameterServerRecord[];
  /** A maintenance lasts. */
  readonly paused: boolean;
  readonly announcements: readonly Announcement[];
}

export async function readCluster(db: Database, presenceMs: number, nowMs: number): Promise<ClusterState> {
  const sinceMs = nowMs - presenceMs;
  const time = new Date(nowMs).toISOString();
  const announcements = await listAnnouncements(db, time);
  return {
    workers: (await listWorkers(db)).filter(
      ({ heardAtMs, wanted }) => heardAtMs >= sinceMs && wanted === 'work',
    ),
    servers: await listParameterServers(db, sinceMs),
    paused: announcements.some(({ pausesWork, startsAt }) => pausesWork && startsAt <= time),
    announcements,
  };
}
