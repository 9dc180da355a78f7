import { Closed, validate, WorkerBeat, WorkerId, WorkerJoin } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  changeWorker,
  findJob,
  findWorker,
  grantJob,
  listParameterServers,
  type OwnedWorker,
  validTokens,
} from '@descent/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';

import { joinWorker } from '../workers/join-worker.ts';
import { createReadableShards } from '../workers/readable-shards.ts';
import { orderFor } from '../workers/worker-order.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: WorkerId });
const ShardParams = Closed({ hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
/** As long as the lease of a gradient job. */
const grantMs = 10 * 60_000;
/** A request that waits for work ends after this long, so that a revoked token is noticed. */
const turnMs = 4_000;

/**
 * What a worker on another machine uses, with a worker token alone: it holds no address or password of the queue, and
 * reads the samples of those jobs only whose gradient jobs it was given.
 */
export function serveWorkerRoutes(app: Routes, context: Context): void {
  const { db } = context;
  const mayRead = createReadableShards(db);

  /** Another token's worker is answered as one that does not exist. */
  const requireOwn = async (request: FastifyRequest, id: string): Promise<OwnedWorker> => {
    const worker = await findWorker(db, id);
    if (worker === null || worker.tokenId !== callerOf(request).id)
      throw new DescentError('WORKER_NOT_FOUND', { worker: id });
    return worker;
  };

  app.post(
    '/workers',
    {
      config: requires('worker'),
      schema: {
        operationId: 'joinAsWorker',
        summary: 'Join as a worker',
        tags: ['workers'],
        body: ref('WorkerJoin'),
        response: { 201: { description: 'Joined', ...ref('WorkerJoined') }, ...failures(409, 415, 422) },
      },
    },
    async (request, reply) => {
      const join = validate(WorkerJoin, request.body);
      const servers = await listParameterServers(db, context.clock() - context.limits.presenceMs);
      if (!isOnThisMachine(request) && !servers.some(({ remoteAddress }) => remoteAddress !== null))
        throw new DescentError('WORKERS_NOT_ADMITTED', {});
      const joined = await joinWorker(db, join, callerOf(request), context.clock());
      request.changed = joined.id;
      context.books.forgetCluster();
      context.wakeDispatcher();
      return reply.status(201).send(joined);
    },
  );

  app.post(
    '/workers/:id/heartbeat',
    {
      config: requires('worker', { object: 'worker' }),
      schema: {
        operationId: 'beatAsWorker',
        summary: 'A sign of life; the answer says what is wanted of the worker',
        tags: ['workers'],
        params: Params,
        body: ref('WorkerBeat'),
        response: { 200: { description: 'Noted', ...ref('WorkerOrder') }, ...failures(404, 415, 422) },
      },
    },
    async (request) => {
      const beat = validate(WorkerBeat, request.body);
      const { id, wanted } = await requireOwn(request, request.params.id);
      await changeWorker(db, id, { ...beat, heardAtMs: context.clock() });
      context.relay.heard(id);
      return orderFor(wanted, await context.books.isMaintenance());
    },
  );

  app.post(
    '/workers/:id/work',
    {
      config: requires('worker', { object: 'worker' }),
      schema: {
        operationId: 'takeWork',
        summary: 'The next gradient job; the one before it is over',
        description: `Waits up to ${turnMs / 1000} s for one.`,
        tags: ['workers'],
        params: Params,
        response: { 200: { description: 'Work, or none', ...ref('WorkerTurn') }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const worker = await requireOwn(request, request.params.id);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      if (orderFor(worker.wanted, await context.books.isMaintenance()).wanted !== 'work')
        return { job: null };
      const job = await context.relay.next(worker, turnMs, gone.signal);
      const nowMs = context.clock();
      if (job === null || !(await isStillTrusted(worker, nowMs))) return { job: null };
      const address = await addressOf(request, job.jobId, job.address);
      if (address === null) return { job: null };
      await grantJob(db, worker.id, job.jobId, nowMs + grantMs);
      return { job: { ...job, address } };
    },
  );

  app.get(
    '/shards/:hash',
    {
      config: requires('worker'),
      schema: {
        operationId: 'readShard',
        summary: 'Samples of a job that a worker of this token serves',
        tags: ['workers'],
        params: ShardParams,
        response: {
          200: {
            description: 'A shard of a data set',
            content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
          },
          ...failures(404, 422),
        },
      },
    },
    async (request, reply) => {
      const { hash } = request.params;
      if (!(await mayRead(callerOf(request).id, hash, context.clock())))
        throw new DescentError('ARTIFACT_NOT_FOUND', { hash });
      const send = reply.type('application/octet-stream') as FastifyReply;
      return send.send(await context.artifacts.read(hash));
    },
  );

  /** It may have been revoked or sent away while it waited for work. */
  async function isStillTrusted({ id, tokenId }: OwnedWorker, nowMs: number): Promise<boolean> {
    const valid = await validTokens(db, [tokenId ?? ''], new Date(nowMs).toISOString());
    return valid.size === 1 && (await findWorker(db, id))?.wanted === 'work';
  }

  async function addressOf(request: FastifyRequest, jobId: string, address: string): Promise<string | null> {
    const job = await findJob(db, jobId);
    const servers = await listParameterServers(db, 0);
    const server = servers.find(({ name }) => name === job?.server);
    return isOnThisMachine(request) ? address : (server?.remoteAddress ?? null);
  }
}

/** What comes through a proxy on this machine comes from elsewhere. */
function isOnThisMachine({ ip, headers }: FastifyRequest): boolean {
  const isLoopback = ip === '::1' || /^(::ffff:)?127\./.test(ip);
  return isLoopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
}
