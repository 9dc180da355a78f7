import { ExplainJobRequest, ExplainModelRequest, validate } from '@descent/contracts';
import type { ArtifactPlace } from '@descent/storage';
import { explainJob, type JobToExplain } from '../explain/explain-job.ts';
import { explainSpec } from '../explain/explain-spec.ts';
import { parseBody } from '../http/json-body.ts';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface ExplainTask {
  readonly artifactPlace: ArtifactPlace;
  /** Null for a model without a job, which the body holds. */
  readonly job: JobToExplain | null;
  /** JSON text of an ExplainJobRequest or an ExplainModelRequest. */
  readonly body: string;
}

/** Answers in a thread: the reference evaluation computes for seconds. Text goes in and comes out, as for predictions. */
export default function explain({ artifactPlace, job, body }: ExplainTask): Promise<ThreadAnswer<string>> {
  return answering(async () => {
    const given = parseBody(body);
    if (job === null) return JSON.stringify(explainSpec(validate(ExplainModelRequest, given)));
    const store = await storeAt(artifactPlace);
    const files = { get: (hash: string) => store.readWhole(hash) };
    return JSON.stringify(await explainJob(job, validate(ExplainJobRequest, given), files));
  });
}
