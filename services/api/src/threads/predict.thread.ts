import { PredictRequest, validate } from '@descent/contracts';
import { createOnnxEngine } from '@descent/engines';
import type { ArtifactPlace } from '@descent/storage';
import { parseBody } from '../http/json-body.ts';
import type { ParameterFile } from '../jobs/choose-parameters.ts';
import { LeastRecent } from '../predict/least-recent.ts';
import {
  createPredictionModel,
  type PredictionModel,
  type PredictionSource,
} from '../predict/prediction-model.ts';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface PredictTask {
  readonly jobId: string;
  readonly parameters: ParameterFile;
  readonly artifactPlace: ArtifactPlace;
  readonly source: PredictionSource;
  readonly question:
    | {
        readonly kind: 'rows';
        /** JSON text of a PredictRequest. */
        readonly body: string;
      }
    | { readonly kind: 'mistakes'; readonly limit: number };
}

/** Started when the thread is: no `await` here, since the sources are also loaded as CommonJS (tests). */
const engine = createOnnxEngine({ threads: 1, cacheSize: 24 });
const models = new LeastRecent<PredictionModel>(8);

/**
 * Answers in a thread: onnxruntime blocks the one it runs on. Text goes in and comes out, since reading and checking a
 * thousand images, or cloning them between threads, would stop the event loop for a second.
 * A file never changes: with the job, whose model it is for, it is the key.
 */
export default function predict(task: PredictTask): Promise<ThreadAnswer<string>> {
  return answering(async () => {
    const { question, parameters } = task;
    const { hash, prefix } = parameters;
    const request = question.kind === 'rows' ? validate(PredictRequest, parseBody(question.body)) : undefined;
    const store = await storeAt(task.artifactPlace);
    const model = await models.get(`${task.jobId} ${hash}`, async () =>
      createPredictionModel(await engine, task.source, await store.readWhole(hash), prefix),
    );
    if (question.kind === 'rows') return JSON.stringify(await model.predict(request!));
    return JSON.stringify(await model.mistakes(question.limit, { get: (hash) => store.readWhole(hash) }));
  });
}
