import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import {
  type DatasetManifest,
  type JobCreate,
  maxStalenessOf,
  type Price,
  type TrainingPlan,
} from '@descent/contracts';
import { bindInputs, heldBytes } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import type { ModelInput } from '@descent/models';
import type { JobRecord, TokenRecord } from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { fitJobData } from '../datasets/fit-job-data.ts';
import { requireManifest } from '../datasets/require-manifest.ts';
import { resolveDataset } from '../datasets/resolve-dataset.ts';
import { teamSeen } from '../http/authorize.ts';
import { unwrap } from '../threads/answer.ts';
import { compileQuickly } from './compile-quickly.ts';
import { type JobToPrice, type PricedJob, priceJob } from './price-job.ts';

export interface PlannedJob {
  readonly job: JobRecord;
  readonly plan: TrainingPlan;
}

/**
 * Finds everything that can be known of a training job before it runs, and everything that is wrong with it: the model
 * first, then the data set, then whether both fit. Stores nothing. Other requests come in between its parts: none of them
 * takes long, all of them together do.
 */
export async function planJob(
  context: Context,
  asked: JobCreate,
  caller: TokenRecord,
  initialWeights?: TrainingPlan['initialWeights'],
): Promise<PlannedJob> {
  const model = await modelToPlan(context, asked.model);
  await turnOfTheLoop();
  requireAuditable(asked);
  const dataset = await resolveDataset(context, asked.data.dataset, caller);
  const manifest = await requireManifest(context, dataset, teamSeen(caller));
  const seed = asked.training.seed ?? 0;
  const { settings, samples } = await fitJobData(context, {
    settings: { ...asked.data, dataset },
    manifest,
    inputs: model.inputs,
    seed,
  });
  const request = { ...asked, data: settings };
  await turnOfTheLoop();
  const samplesBytes = heldBytes(settings, manifest, bindInputs(settings, manifest, model.inputs));
  const { training } = request;
  const { price, layers, ...facts } = await model.price({ training, samples, samplesBytes });
  requireMemory(price, context.limits.workerMemoryBytes);
  const nowMs = context.clock();
  const plan: TrainingPlan = {
    jobId: `job_${ulid(nowMs)}`,
    request,
    manifest,
    ...facts,
    seed,
    samples,
    price,
    ...(initialWeights === undefined ? {} : { initialWeights }),
  };
  const job = firstRecord(plan, manifest, layers, nowMs);
  return { plan, job: { ...job, teamId: caller.teamId } };
}

/** What planning asks of a model, wherever that is compiled. */
interface ModelToPlan {
  readonly inputs: readonly ModelInput[];
  price(job: JobToPrice): Promise<PricedJob>;
}

async function modelToPlan({ threads }: Context, spec: JobCreate['model']): Promise<ModelToPlan> {
  const model = compileQuickly(spec);
  if (model !== null) return { inputs: model.inputs, price: (job) => priceJob(model, job) };
  const { inputs } = unwrap(await threads.plan({ spec, job: null }));
  return { inputs, price: async (job) => unwrap(await threads.plan({ spec, job })).priced! };
}

/** Two workers that differ need a third; and a gradient can be computed again only while its parameters are there. */
function requireAuditable({ audit, maxWorkers, training }: JobCreate): void {
  if (audit === undefined) return;
  if (maxWorkers !== undefined && maxWorkers < 3) {
    const problem = `must be at least 3 with audit, so that a third worker can decide between two; got ${maxWorkers}`;
    throw new DescentError('REQUEST_INVALID', { path: 'maxWorkers', problem });
  }
  if (maxStalenessOf(training) > 0) {
    const problem =
      'needs training.synchronization sync or local: in an asynchronous job the parameters have moved on';
    throw new DescentError('REQUEST_INVALID', { path: 'audit', problem });
  }
}

function requireMemory({ workerMemoryBytes }: Price, limitBytes: number): void {
  if (workerMemoryBytes <= limitBytes) return;
  throw new DescentError('JOB_TOO_LARGE', {
    path: 'training.batchSize',
    actualBytes: workerMemoryBytes,
    limitBytes,
  });
}

function firstRecord(
  plan: TrainingPlan,
  manifest: DatasetManifest,
  layers: JobRecord['layers'],
  nowMs: number,
): Omit<JobRecord, 'teamId'> {
  const { request } = plan;
  return {
    id: plan.jobId,
    priority: request.priority ?? 0,
    name: request.name ?? `Training on ${request.data.dataset}`,
    state: 'queued',
    wanted: 'run',
    reason: 'Waits for a parameter server',
    createdAt: new Date(nowMs).toISOString(),
    startedAt: null,
    endedAt: null,
    queuedAtMs: nowMs,
    incarnation: 0,
    server: null,
    heardAtMs: null,
    reportSerial: -1,
    datasetId: request.data.dataset,
    request,
    price: plan.price,
    layers,
    progress: {
      step: 0,
      steps: plan.price.steps,
      epoch: 0,
      epochs: request.training.epochs,
      samplesPerSecond: 0,
      etaSeconds: null,
      workers: 0,
    },
    latest: null,
    validation: null,
    best: {},
    graphHash: plan.graphHash,
    datasetHash: manifest.hash,
    numericsClass: null,
    ledgerHash: null,
    weightsHash: null,
    error: null,
  };
}
