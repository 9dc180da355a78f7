import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { graphHash } from '@descent/autodiff';
import {
  type DatasetManifest,
  type JobCreate,
  localSettingsOf,
  localStepsOf,
  maxStalenessOf,
  type OptimizerSettings,
  type Price,
  type TrainingPlan,
} from '@descent/contracts';
import { bindInputs, evaluationSlice, heldBytes } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import {
  type CompiledModel,
  chooseMicroBatches,
  compileModel,
  layerSummaries,
  price,
  trainingGraph,
} from '@descent/models';
import type { JobRecord, TokenRecord } from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { fitJobData } from '../datasets/fit-job-data.ts';
import { requireManifest } from '../datasets/require-manifest.ts';
import { resolveDataset } from '../datasets/resolve-dataset.ts';
import { teamSeen } from '../http/authorize.ts';
import { wireBytes } from './wire-bytes.ts';

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
  const model = compileModel(asked.model);
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
  const graph = trainingGraph(model);
  await turnOfTheLoop();
  const microBatches = microBatchesOf(model, request, samples.train);
  const priced = price(
    model,
    {
      batchSize: request.training.batchSize,
      microBatches,
      datasetCount: samples.train,
      epochs: request.training.epochs,
      optimizerSlots: optimizerSlots(request.training.optimizer),
      wire: wireBytes(model, request.training.compression),
      localSteps: localSettingsOf(request.training)?.localSteps,
      maxStaleness: maxStalenessOf(request.training),
      evaluationBatch: Math.min(evaluationSlice, samples.validation),
      samplesBytes: heldBytes(settings, manifest, bindInputs(settings, manifest, model.inputs)),
    },
    graph,
  );
  requireMemory(priced, context.limits.workerMemoryBytes);
  await turnOfTheLoop();
  const nowMs = context.clock();
  const plan: TrainingPlan = {
    jobId: `job_${ulid(nowMs)}`,
    request,
    manifest,
    microBatches,
    seed,
    samples,
    price: priced,
    graphHash: graphHash(graph),
    ...(initialWeights === undefined ? {} : { initialWeights }),
  };
  const job = firstRecord(plan, manifest, [...layerSummaries(model)], nowMs);
  return { plan, job: { ...job, teamId: caller.teamId } };
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

function microBatchesOf(model: CompiledModel, request: JobCreate, datasetCount: number): number {
  const { batchSize, microBatches, epochs } = request.training;
  if (microBatches === undefined) {
    const question = { batchSize, microBatches: 1, datasetCount, epochs, optimizerSlots: 0 };
    // A participant of a local job computes its share of every mini-batch of the step.
    const { flopsPerStep, parameters } = price(model, question);
    return chooseMicroBatches({
      flopsPerStep: flopsPerStep * localStepsOf(request.training),
      batchSize,
      parameters,
    });
  }
  if (microBatches <= batchSize) return microBatches;
  throw new DescentError('REQUEST_INVALID', {
    path: 'training.microBatches',
    problem: `must be at most the batch size ${batchSize}, got ${microBatches}`,
  });
}

function requireMemory({ workerMemoryBytes }: Price, limitBytes: number): void {
  if (workerMemoryBytes <= limitBytes) return;
  throw new DescentError('JOB_TOO_LARGE', {
    path: 'training.batchSize',
    actualBytes: workerMemoryBytes,
    limitBytes,
  });
}

/** Values that the optimizer keeps per parameter. */
function optimizerSlots(settings: OptimizerSettings): number {
  switch (settings.type) {
    case 'sgd':
      return (settings.momentum ?? 0) > 0 ? 1 : 0;
    case 'adam':
    case 'adamw':
      return 2;
    default:
      return settings satisfies never;
  }
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
