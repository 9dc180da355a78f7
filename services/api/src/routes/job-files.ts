import { Closed } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { listCheckpoints } from '@descent/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { requireJob } from '../jobs/require-job.ts';
import { requireWeights } from '../jobs/require-weights.ts';
import { CheckpointId, JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const CheckpointParams = Closed({ ...JobParams.properties, checkpoint: CheckpointId });

const safetensors = {
  description: 'A safetensors file; its SHA-256 is the ETag',
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
};
const notModified = { description: 'If-None-Match names this content', type: 'null' };

export function jobFilesRoutes(app: Routes, context: Context): void {
  app.get(
    '/jobs/:id/checkpoints',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'listCheckpoints',
        summary: 'Checkpoints of a job, newest first',
        tags: ['jobs'],
        params: JobParams,
        response: {
          200: {
            description: 'All that are kept',
            type: 'object',
            required: ['checkpoints'],
            properties: { checkpoints: { type: 'array', items: ref('Checkpoint') } },
          },
          ...failures(404, 422),
        },
      },
    },
    async (request) => {
      await requireJob(context.db, request.params.id);
      return { checkpoints: await listCheckpoints(context.db, request.params.id) };
    },
  );

  app.get(
    '/jobs/:id/checkpoints/:checkpoint/file',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'downloadCheckpoint',
        summary: 'Download a checkpoint: parameters and optimizer state',
        tags: ['jobs'],
        params: CheckpointParams,
        response: { 200: safetensors, 304: notModified, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id, checkpoint } = request.params;
      await requireJob(context.db, id);
      const found = (await listCheckpoints(context.db, id)).find((one) => one.id === checkpoint);
      if (found === undefined) throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId: id, checkpoint });
      return sendFile(context, { hash: found.hash, name: `${id}-${checkpoint}.safetensors` }, request, reply);
    },
  );

  app.get(
    '/jobs/:id/weights',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'downloadWeights',
        summary: 'Download the weights of a finished job',
        description: 'The SHA-256 of the file is `receipt.weightsHash` of the job.',
        tags: ['jobs'],
        params: JobParams,
        response: { 200: safetensors, 304: notModified, ...failures(404, 409, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const hash = await requireWeights(context, id);
      return sendFile(context, { hash, name: `${id}.safetensors` }, request, reply);
    },
  );
}

/** Checked against its hash before the first byte leaves. */
async function sendFile(
  { artifacts }: Context,
  file: { readonly hash: string; readonly name: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const etag = `"${file.hash}"`;
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (request.headers['if-none-match'] === etag) return reply.status(304).send(null);
  const content = await artifacts.readVerified(file.hash);
  return reply
    .type('application/octet-stream')
    .header('content-length', (await artifacts.size(file.hash)) ?? 0)
    .header('content-disposition', `attachment; filename="${file.name}"`)
    .send(content);
}
