import {
  ClaimRequest,
  Closed,
  ReplaceRequest,
  Report,
  ServerBeat,
  validate,
  WorkerBeat,
  WorkerId,
  WorkerJoin,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { changeWorker, findWorker, listCheckpoints, putParameterServer } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { claimJob } from '../jobs/claim-job.ts';
import { replaceServer } from '../jobs/replace-server.ts';
import { requireJob } from '../jobs/require-job.ts';
import { storeCheckpoint, storeWeights } from '../jobs/store-files.ts';
import { storeReport } from '../jobs/store-report.ts';
import { joinWorker } from '../workers/join-worker.ts';
import { orderFor } from '../workers/worker-order.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const StepParams = Closed({ ...JobParams.properties, step: Type.Integer({ minimum: 0 }) });
const ServerParams = Closed({ name: Type.String({ minLength: 1, maxLength: 200 }) });
const WorkerParams = Closed({ id: WorkerId });
const HashParams = Closed({ hash: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
const OwnerHeaders = Type.Object({ 'x-descent-incarnation': Type.Integer({ minimum: 1 }) });

/** After an outage of the api a parameter server reports all it has kept: minutes of points at 500 a second. */
const reportBytes = 64 * 2 ** 20;
const octets = 'application/octet-stream';

/** For parameter servers and workers; described in packages/contracts/src/internal.ts. */
export function internalRoutes(app: Routes, context: Context): void {
  app.removeContentTypeParser(octets);
  // Files are streamed to the disk: nothing is parsed, and the store counts the bytes.
  app.addContentTypeParser(octets, (_request, payload, done) => done(null, payload));

  app.post('/servers', async (request) => {
    await replaceServer(context, validate(ReplaceRequest, request.body));
    return {};
  });

  app.post('/servers/:name/heartbeat', { schema: { params: ServerParams } }, async (request) => {
    const beat = validate(ServerBeat, request.body);
    await putParameterServer(context.db, {
      ...beat,
      name: request.params.name,
      heardAtMs: context.clock(),
    });
    return {};
  });

  app.post('/workers', async (request) => {
    const joined = await joinWorker(context.db, validate(WorkerJoin, request.body), null, context.clock());
    context.books.forgetCluster();
    context.wakeDispatcher();
    return joined;
  });

  app.post('/workers/:id/heartbeat', { schema: { params: WorkerParams } }, async (request) => {
    const beat = validate(WorkerBeat, request.body);
    const { id } = request.params;
    const worker = await findWorker(context.db, id);
    if (worker === null || worker.tokenId !== null)
      throw new DescentError('WORKER_NOT_FOUND', { worker: id });
    await changeWorker(context.db, id, { ...beat, heardAtMs: context.clock() });
    return orderFor(worker.wanted, await context.books.isMaintenance());
  });

  app.post('/jobs/:id/claim', { schema: { params: JobParams } }, async (request) => {
    const { server } = validate(ClaimRequest, request.body);
    return claimJob(context, request.params.id, server);
  });

  app.post('/jobs/:id/reports', { bodyLimit: reportBytes, schema: { params: JobParams } }, async (request) =>
    storeReport(context, request.params.id, validate(Report, request.body)),
  );

  app.put(
    '/jobs/:id/checkpoints/:step',
    { bodyLimit: context.limits.checkpointBytes, schema: { params: StepParams, headers: OwnerHeaders } },
    async (request) => {
      const { hash } = await storeCheckpoint(context, {
        jobId: request.params.id,
        step: request.params.step,
        incarnation: request.headers['x-descent-incarnation'],
        content: request.raw,
      });
      return { hash };
    },
  );

  app.get('/jobs/:id/checkpoints/:step', { schema: { params: StepParams } }, async (request, reply) => {
    const { id, step } = request.params;
    await requireJob(context.db, id);
    const checkpoint = (await listCheckpoints(context.db, id)).find((one) => one.step === step);
    if (checkpoint === undefined) {
      throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId: id, checkpoint: `ck_${step}` });
    }
    return reply
      .type(octets)
      .header('content-length', checkpoint.bytes)
      .send(await context.artifacts.readVerified(checkpoint.hash));
  });

  app.put(
    '/jobs/:id/weights',
    { bodyLimit: context.limits.checkpointBytes, schema: { params: JobParams, headers: OwnerHeaders } },
    async (request) => {
      const { hash } = await storeWeights(context, {
        jobId: request.params.id,
        incarnation: request.headers['x-descent-incarnation'],
        content: request.raw,
      });
      return { hash };
    },
  );

  app.get('/artifacts/:hash', { schema: { params: HashParams } }, async (request, reply) => {
    const content = await context.artifacts.read(request.params.hash);
    return reply.type(octets).header('etag', `"${request.params.hash}"`).send(content);
  });
}
