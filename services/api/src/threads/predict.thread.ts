import { readFile } from 'node:fs/promises';
import type { Prediction, PredictRequest } from '@descent/contracts';
import { createOnnxEngine } from '@descent/engines';
import { LeastRecent } from '../predict/least-recent.ts';
import {
  createPredictionModel,
  type PredictionModel,
  type PredictionSource,
} from '../predict/prediction-model.ts';
import { answering, type ThreadAnswer } from './answer.ts';

export interface PredictTask {
  readonly jobId: string;
  readonly weightsFile: string;
  readonly source: PredictionSource;
  readonly request: PredictRequest;
}

/** Started when the thread is: no `await` here, since the sources are also loaded as CommonJS (tests). */
const engine = createOnnxEngine({ threads: 1, cacheSize: 24 });
const models = new LeastRecent<PredictionModel>(8);

/** Answers in a thread: onnxruntime blocks the one it runs on. A job's weights never change, so its id is the key. */
export default function predict(task: PredictTask): Promise<ThreadAnswer<Prediction>> {
  return answering(async () => {
    const model = await models.get(task.jobId, async () =>
      createPredictionModel(await engine, task.source, await readFile(task.weightsFile)),
    );
    return model.predict(task.request);
  });
}
