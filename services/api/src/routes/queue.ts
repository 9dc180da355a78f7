import type { ClusterQueue, QueueEntry, TeamShare } from '@descent/contracts';
import { type ActiveJob, jobNames, listTeams, type TokenRecord } from '@descent/storage';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { isHeld } from '../jobs/job-state.ts';
import type { Situation } from '../scheduling/books.ts';
import type { Routes } from './routes.ts';

/** Of each list so many entries are shown; the counts are of all. */
const mostShown = 500;

export function queueRoute(app: Routes, context: Context): void {
  app.get(
    '/queue',
    {
      config: requires('read'),
      schema: {
        operationId: 'getQueue',
        summary: 'Who runs, who waits and why, and what teams had of their shares',
        description: `Jobs and shares of your team, for staff of all; of others the numbers only. At most ${mostShown} jobs of each list.`,
        tags: ['cluster'],
        response: { 200: { description: 'At this moment', ...ref('ClusterQueue') }, ...failures() },
      },
    },
    async (request) => presentQueue(context, callerOf(request)),
  );
}

async function presentQueue({ db, books }: Context, caller: TokenRecord): Promise<ClusterQueue> {
  const situation = await books.situation();
  const { jobs, cluster, view } = situation;
  const mine = (team: string) => caller.role === 'staff' || team === caller.teamId;
  const running = jobs.filter(({ state }) => isHeld(state));
  const waiting = jobs.filter(({ state }) => state === 'queued');
  const shown = [running, waiting].map((all) => all.filter(({ teamId }) => mine(teamId)));
  const place = ({ id }: ActiveJob) => situation.outlook.place(id) ?? 0;
  const [ownRunning, ownWaiting] = [shown[0]!, shown[1]!];
  const listed = [
    ownRunning.slice(0, mostShown),
    ownWaiting.sort((a, b) => place(a) - place(b)).slice(0, mostShown),
  ];
  const names = await jobNames(
    db,
    listed.flat().map(({ id }) => id),
  );
  const entry = (job: ActiveJob) => entryOf(job, names.get(job.id) ?? '', situation);
  return {
    paused: cluster.paused,
    places: { all: view.cluster.places, taken: running.length },
    workers: cluster.workers.length,
    servers: cluster.servers.map(({ name, memoryBytes, heardAtMs }) => {
      const own = running.filter(({ server }) => server === name);
      return {
        name,
        jobs: own.length,
        memoryBytes,
        memoryUsedBytes: own.reduce((sum, { serverBytes }) => sum + serverBytes, 0),
        heardAt: new Date(heardAtMs).toISOString(),
      };
    }),
    running: await Promise.all(listed[0]!.map(entry)),
    waiting: await Promise.all(listed[1]!.map(entry)),
    others: {
      running: running.length - ownRunning.length,
      waiting: waiting.length - ownWaiting.length,
    },
    shares: await presentShares(
      db,
      [...situation.shares.values()].filter(({ team }) => mine(team)),
      jobs,
    ),
  };
}

async function entryOf(job: ActiveJob, name: string, { outlook }: Situation): Promise<QueueEntry> {
  return {
    job: job.id,
    name,
    team: job.teamId,
    priority: job.priority,
    state: job.state as QueueEntry['state'],
    workers: job.workers,
    progress: Math.min(1, job.done),
    waiting: await outlook.waiting(job.id),
    estimatedFinish: await outlook.estimatedFinish(job.id),
  };
}

async function presentShares(
  db: Context['db'],
  shares: readonly TeamShare[],
  jobs: readonly ActiveJob[],
): Promise<ClusterQueue['shares']> {
  const names = new Map((await listTeams(db)).map(({ id, name }) => [id, name]));
  return shares.map((share) => {
    const own = jobs.filter(({ teamId }) => teamId === share.team);
    const running = own.filter(({ state }) => isHeld(state)).length;
    return { ...share, name: names.get(share.team) ?? '', running, waiting: own.length - running };
  });
}
