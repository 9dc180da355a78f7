import { open, rm } from 'node:fs/promises';
import { Closed, ExportFormat } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { listCheckpoints } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures } from '../http/schemas.ts';
import { requireJob } from '../jobs/require-job.ts';
import { requireWeights } from '../jobs/require-weights.ts';
import { unwrap } from '../threads/answer.ts';
import { CheckpointId, JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ ...JobParams.properties, format: ExportFormat });
const Query = Closed({ checkpoint: Type.Optional(CheckpointId) });

const file = {
  description: 'The file; its name is in Content-Disposition',
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
};

export function exportJobRoute(app: Routes, context: Context): void {
  app.get(
    '/jobs/:id/exports/:format',
    {
      config: { ...requires('read', { object: 'job' }), work: 'computation' },
      schema: {
        operationId: 'exportModel',
        summary: 'A trained model as a file of another framework',
        description:
          'Of a finished job, or of any job at one of its checkpoints. ' +
          '`onnx`: the inference graph with its weights in standard operators (opset 17), any batch size. ' +
          '`pytorch`: one Python file that rebuilds the model and loads the safetensors file. ' +
          '`safetensors`: the weights. `tfjs`: a zip with `model.json` and weights of a TensorFlow.js layers model, ' +
          'where every layer of the spec is one of Keras.',
        tags: ['jobs'],
        params: Params,
        querystring: Query,
        response: { 200: file, ...failures(404, 409, 422) },
      },
    },
    async (request, reply) => {
      const { id, format } = request.params;
      const { checkpoint } = request.query;
      const job = await requireJob(context.db, id);
      const hash =
        checkpoint === undefined
          ? await requireWeights(context, id)
          : await checkpointHash(context, id, checkpoint);
      const target = context.scratch();
      try {
        const answer = await context.threads.export({
          name: checkpoint === undefined ? id : `${id}-${checkpoint}`,
          format,
          spec: job.request.model,
          weightsHash: hash,
          artifactPlace: context.artifactPlace,
          target,
        });
        const { fileName, mediaType } = unwrap(answer);
        const written = await open(target);
        const { size } = await written.stat();
        return await reply
          .type(mediaType)
          .header('content-length', size)
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .header('cache-control', 'private, no-cache')
          .send(written.createReadStream());
      } finally {
        // What is open stays readable; nothing is left behind when the reader goes away.
        await rm(target, { force: true });
      }
    },
  );
}

async function checkpointHash(context: Context, jobId: string, checkpoint: string): Promise<string> {
  const found = (await listCheckpoints(context.db, jobId)).find((one) => one.id === checkpoint);
  if (found === undefined) throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId, checkpoint });
  return found.hash;
}
