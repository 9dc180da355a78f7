import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { cost, type Graph, graphHash } from '@descent/autodiff';
import {
  type JobCreate,
  localSettingsOf,
  localStepsOf,
  maxStalenessOf,
  type OptimizerSettings,
  type Price,
  type TrainingPlan,
} from '@descent/contracts';
import { evaluationSlice } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import {
  type CompiledModel,
  chooseMicroBatches,
  layerSummaries,
  parameterCount,
  price,
  trainingGraph,
} from '@descent/models';
import type { JobRecord } from '@descent/storage';
import { wireBytes } from './wire-bytes.ts';

export interface JobToPrice {
  readonly training: JobCreate['training'];
  readonly samples: TrainingPlan['samples'];
  /** That a worker keeps in memory. */
  readonly samplesBytes: number;
}

export interface PricedJob {
  readonly microBatches: number;
  readonly price: Price;
  readonly graphHash: string;
  readonly layers: JobRecord['layers'];
}

/** Everything about a job that takes its graphs. Other work comes in between its parts. */
export async function priceJob(model: CompiledModel, job: JobToPrice): Promise<PricedJob> {
  const { training, samples, samplesBytes } = job;
  const graph = trainingGraph(model);
  await turnOfTheLoop();
  const microBatches = microBatchesOf(model, graph, training);
  await turnOfTheLoop();
  const priced = price(
    model,
    {
      batchSize: training.batchSize,
      microBatches,
      datasetCount: samples.train,
      epochs: training.epochs,
      optimizerSlots: optimizerSlots(training.optimizer),
      wire: wireBytes(model, training.compression),
      localSteps: localSettingsOf(training)?.localSteps,
      maxStaleness: maxStalenessOf(training),
      evaluationBatch: Math.min(evaluationSlice, samples.validation),
      samplesBytes,
    },
    graph,
  );
  await turnOfTheLoop();
  return { microBatches, price: priced, graphHash: graphHash(graph), layers: [...layerSummaries(model)] };
}

function microBatchesOf(model: CompiledModel, graph: Graph, training: JobCreate['training']): number {
  const { batchSize, microBatches } = training;
  if (microBatches === undefined) {
    return chooseMicroBatches({
      // A participant of a local job computes its share of every mini-batch of the step.
      flopsPerStep: cost(graph, batchSize).flops * localStepsOf(training),
      batchSize,
      parameters: parameterCount(model),
    });
  }
  if (microBatches <= batchSize) return microBatches;
  throw new DescentError('REQUEST_INVALID', {
    path: 'training.microBatches',
    problem: `must be at most the batch size ${batchSize}, got ${microBatches}`,
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
