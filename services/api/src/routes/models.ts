import { Closed, lossTypes, ModelId, OneOf } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { deleteModel, listModels, releaseArtifacts } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { importModel } from '../models/import-model.ts';
import { requireModel } from '../models/require-model.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...ModelId, description: 'a model id (mdl_…)' } });
const Query = Closed({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 120, description: 'Left out: "model"' })),
  output: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'The output to train on, where the file has several',
    }),
  ),
  batchNormalization: Type.Optional(
    OneOf(
      ['train', 'frozen'],
      'ONNX: whether batch normalisation trains (default) or keeps the moments of the file',
    ),
  ),
  loss: Type.Optional(
    OneOf(
      lossTypes,
      'Keras: the loss it will be trained with. One that takes logits takes the place of a softmax or sigmoid at the end',
    ),
  ),
});

export function modelsRoutes(app: Routes, context: Context): void {
  const { db } = context;

  app.get(
    '/models',
    {
      config: requires('read'),
      schema: {
        operationId: 'listModels',
        summary: 'List imported models, newest first',
        tags: ['models'],
        response: {
          200: {
            description: 'All of them',
            type: 'object',
            required: ['models'],
            properties: { models: { type: 'array', items: ref('StoredModelSummary') } },
          },
          ...failures(),
        },
      },
    },
    async (request) => ({ models: await listModels(db, teamSeen(callerOf(request))) }),
  );

  app.get(
    '/models/:id',
    {
      config: requires('read', { object: 'model' }),
      schema: {
        operationId: 'getModel',
        summary: 'An imported model with its spec',
        tags: ['models'],
        params: Params,
        response: { 200: { description: 'The model', ...ref('StoredModel') }, ...failures(404, 422) },
      },
    },
    async (request) => requireModel(db, request.params.id),
  );

  app.delete(
    '/models/:id',
    {
      config: requires('submit', { object: 'model' }),
      schema: {
        operationId: 'deleteModel',
        summary: 'Delete an imported model; jobs that started from it keep what they need',
        tags: ['models'],
        params: Params,
        response: { 204: { description: 'Deleted', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const orphans = await db.transaction().execute(async (transaction) => {
        if (!(await deleteModel(transaction, id))) throw new DescentError('MODEL_NOT_FOUND', { model: id });
        return releaseArtifacts(transaction, id);
      });
      await context.keeper.discard(orphans);
      return reply.status(204).send(null);
    },
  );
}

/** In a scope of its own: here a body of any content type is a stream that nobody parses. */
export function importModelRoute(app: Routes, context: Context): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.post(
    '/models',
    {
      bodyLimit: context.limits.modelBytes,
      config: { ...requires('submit'), upload: true },
      schema: {
        operationId: 'importModel',
        summary: 'Import a model from a file of another framework',
        description:
          'The body is the file itself, streamed: an ONNX model (`torch.onnx.export`) with its weights, or a ' +
          'Keras model: its JSON, or a zip of a TensorFlow.js `model.json` with its weight files. All operators that are not supported are named in one error. Train it with a job whose `model` is ' +
          '`{ "from": "mdl_…", "loss": … }`.',
        tags: ['models'],
        consumes: ['application/octet-stream'],
        querystring: Query,
        body: { type: 'string', format: 'binary' },
        response: {
          201: { description: 'Imported', ...ref('StoredModel') },
          ...failures(413, 415, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { name = 'model', output, batchNormalization, loss } = request.query;
      const model = await importModel(context, {
        content: request.raw,
        name,
        by: { tokenId: callerOf(request).id, teamId: callerOf(request).teamId },
        ...(output === undefined ? {} : { output }),
        ...(batchNormalization === undefined ? {} : { batchNormalization }),
        ...(loss === undefined ? {} : { loss }),
      });
      return reply.status(201).header('location', `/v1/models/${model.id}`).send(model);
    },
  );
}
