import type { ModelSpec } from '@descent/contracts';
import { type CompiledModel, compileModel, type ModelInput } from '@descent/models';
import { type JobToPrice, type PricedJob, priceJob } from '../jobs/price-job.ts';
import { answering, type ThreadAnswer } from './answer.ts';

export interface PlanTask {
  readonly spec: ModelSpec;
  /** Null: only what data the model wants is asked; it is asked first, and the price when the data is known. */
  readonly job: JobToPrice | null;
}

export interface PlanResult {
  readonly inputs: readonly ModelInput[];
  readonly priced: PricedJob | null;
}

let latest: { readonly key: string; readonly model: CompiledModel } | undefined;

/** Compiles and prices a large model away from the event loop. */
export default function plan({ spec, job }: PlanTask): Promise<ThreadAnswer<PlanResult>> {
  return answering(async () => {
    const key = JSON.stringify(spec);
    if (latest?.key !== key) latest = { key, model: compileModel(spec) };
    const { model } = latest;
    return { inputs: model.inputs, priced: job === null ? null : await priceJob(model, job) };
  });
}
