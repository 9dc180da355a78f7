import { Closed, type ClusterWorker, WorkerId } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  changeWorker,
  deleteWorker,
  findWorker,
  listWorkers,
  type OwnedWorker,
  owningTeam,
  type TokenRecord,
  type WorkerWish,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, listOf, ref } from '../http/schemas.ts';
import { maySteer, presentWorker, serves } from '../workers/present-worker.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...WorkerId, description: 'a worker id (wrk_…)' } });

const actions = {
  pause: { wanted: 'pause', summary: 'Let a worker finish its gradient job and then wait' },
  resume: { wanted: 'work', summary: 'Let a paused worker take gradient jobs again' },
  drain: { wanted: 'leave', summary: 'Let a worker finish its gradient job and then end' },
} as const satisfies Record<string, { wanted: WorkerWish; summary: string }>;

/** Who computes, for people; what workers themselves use is in serve-workers.ts. */
export function workerRoutes(app: Routes, context: Context): void {
  const { db } = context;

  const present = async (worker: OwnedWorker, caller: TokenRecord): Promise<ClusterWorker> =>
    presentWorker(worker, caller, {
      teamOfJob: worker.job === null ? undefined : ((await owningTeam(db, 'jobs', worker.job)) ?? undefined),
      lostBeforeMs: context.clock() - context.limits.presenceMs,
    });

  const requireSteerable = async (id: string, caller: TokenRecord): Promise<OwnedWorker> => {
    const worker = await findWorker(db, id);
    if (worker === null) throw new DescentError('WORKER_NOT_FOUND', { worker: id });
    if (!maySteer(caller, worker)) throw new DescentError('WORKER_NOT_YOURS', { worker: worker.name });
    return worker;
  };

  app.get(
    '/workers',
    {
      config: requires('read'),
      schema: {
        operationId: 'listWorkers',
        summary: 'Workers that serve your team; for staff all workers',
        description:
          'What a worker computes is shown to the team whose job it is, to the owner of the worker, and to staff.',
        tags: ['cluster'],
        response: { 200: listOf('workers', 'ClusterWorker'), ...failures() },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const all = await listWorkers(db);
      const seen = all.filter((worker) => caller.role === 'staff' || serves(worker, caller.teamId));
      return { workers: await Promise.all(seen.map((worker) => present(worker, caller))) };
    },
  );

  for (const [name, { wanted, summary }] of Object.entries(actions)) {
    app.post(
      `/workers/:id/${name}`,
      {
        config: requires('manage', { object: 'worker' }),
        schema: {
          operationId: `${name}Worker`,
          summary,
          description: 'By its owner, owners of its team, and staff. It hears of it within two seconds.',
          tags: ['cluster'],
          params: Params,
          response: {
            200: { description: 'The worker', ...ref('ClusterWorker') },
            ...failures(404, 422),
          },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const worker = await requireSteerable(request.params.id, caller);
        await changeWorker(db, worker.id, { wanted });
        if (wanted !== 'work') context.relay.dismiss(worker.id);
        context.books.forgetCluster();
        return present({ ...worker, wanted }, caller);
      },
    );
  }

  app.delete(
    '/workers/:id',
    {
      config: requires('manage', { object: 'worker' }),
      schema: {
        operationId: 'removeWorker',
        summary: 'Send a worker away',
        description:
          'It ends as soon as it hears of it. To keep it from coming back revoke the token that it joins with.',
        tags: ['cluster'],
        params: Params,
        response: { 204: { description: 'Removed', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const worker = await requireSteerable(request.params.id, callerOf(request));
      await deleteWorker(db, worker.id);
      context.relay.dismiss(worker.id);
      context.books.forgetCluster();
      return reply.status(204).send(null);
    },
  );
}
