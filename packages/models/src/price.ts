import { cost, type Graph } from '@descent/autodiff';
import type { LayerSummary, Price } from '@descent/contracts';
import { deepestLevel } from '@descent/gradient-channel';
import type { CompiledModel } from './compile-model.ts';
import { engineMemory } from './engine-memory.ts';
import { evaluationGraph, plainTrainingGraph, trainingGraph } from './graphs.ts';

/**
 * What a worker process takes before it has a job: Node.js with two threads, onnxruntime, and the model that it measures its speed
 * with. Measured on Linux (docs/performance.md, "Memory").
 */
const workerProcessBytes = 265 * 2 ** 20;

export interface PriceQuestion {
  /** Samples per optimizer step. */
  readonly batchSize: number;
  readonly microBatches: number;
  /** Samples of the training split. */
  readonly datasetCount: number;
  readonly epochs: number;
  /** Float32 values that the optimizer keeps per parameter: 0 for plain sgd, 1 with momentum, 2 for adam. */
  readonly optimizerSlots: number;
  /** Bytes of one version down and one micro-batch's gradient up, where they are compressed. */
  readonly wire?: { readonly pullBytes: number; readonly pushBytes: number } | undefined;
  /** Mini-batches that a participant trains on by itself in one step; left out, the job is synchronous. */
  readonly localSteps?: number | undefined;
  /** Samples of the largest evaluation slice; left out or 0, nothing is evaluated. */
  readonly evaluationBatch?: number | undefined;
  /** Bytes of the data set that a worker keeps in memory. */
  readonly samplesBytes?: number | undefined;
  /** Steps of an asynchronous job that may be open beside the current one. */
  readonly maxStaleness?: number | undefined;
}

/** Trainable elements. */
export function parameterCount({ layout }: CompiledModel): number {
  return layout.entries.reduce((sum, { trainable, length }) => sum + (trainable ? length : 0), 0);
}

/** What a training job costs, read off its graphs before anything runs. */
export function price(
  model: CompiledModel,
  question: PriceQuestion,
  graph: Graph = trainingGraph(model),
): Price {
  const { batchSize, microBatches, datasetCount, epochs, optimizerSlots } = question;
  const { wire, localSteps, maxStaleness = 0, evaluationBatch = 0, samplesBytes = 0 } = question;
  /** Gradients that may be waiting on the server. */
  const waiting = microBatches * (1 + maxStaleness);
  const { layout } = model;
  const parameterBytes = layout.elements * 4;
  const gradientBytes = layout.gradientElements * 4;
  const { pullBytes, pushBytes } = wire ?? { pullBytes: parameterBytes, pushBytes: gradientBytes };
  /** What is encoded needs a buffer beside the one it is made from. */
  const encoded = (bytes: number) => (wire === undefined ? 0 : bytes);
  const samplesPerStep = batchSize * (localSteps ?? 1);
  const slotBytes = optimizerSlots * layout.trainableElements * 4;
  // Beside the version that is received: a participant keeps the one that it started from, the one it is at and the next, and its own slots.
  const localBytes = localSteps === undefined ? 0 : 3 * parameterBytes + slotBytes;
  const largestMicroBatch = Math.ceil(batchSize / microBatches);
  const stepsPerEpoch = Math.ceil(datasetCount / samplesPerStep);
  const checkpointingOf = (): Pick<Price, 'checkpointing'> => {
    if (model.spec.checkpointing === undefined) return {};
    const plain = plainTrainingGraph(model);
    const savedBytes = engineMemory(plain, largestMicroBatch, 'train') - memory;
    return { checkpointing: { savedBytes, extraFlops: flopsPerStep - cost(plain, samplesPerStep).flops } };
  };
  const flopsPerStep = cost(graph, samplesPerStep).flops;
  const memory = engineMemory(graph, largestMicroBatch, 'train');
  const evaluationBytes =
    evaluationBatch === 0 ? 0 : engineMemory(evaluationGraph(model), evaluationBatch, 'evaluate');
  return {
    parameters: parameterCount(model),
    parameterBytes,
    flopsPerStep,
    // Adding up a node of the step's tree takes a gradient per level and one more; another one is being sent meanwhile.
    workerMemoryBytes:
      workerProcessBytes +
      samplesBytes +
      memory +
      evaluationBytes +
      parameterBytes +
      (deepestLevel(microBatches, gradientBytes) + 2) * gradientBytes +
      localBytes +
      encoded(parameterBytes + pullBytes + 2 * pushBytes),
    ...checkpointingOf(),
    // Two parameter versions, one gradient per micro-batch until its sibling in the tree arrives, the optimizer's slots
    // (of a local job, one for the outer momentum), and what is encoded.
    serverMemoryBytes:
      2 * parameterBytes +
      waiting * gradientBytes +
      (localSteps === undefined ? slotBytes : layout.trainableElements * 4) +
      encoded(2 * pullBytes + waiting * pushBytes),
    microBatches,
    wireBytesPerStep: pullBytes + pushBytes,
    stepsPerEpoch,
    steps: stepsPerEpoch * epochs,
  };
}

/** The layers as a table: what comes out of each, what it trains, what its forward pass costs per sample. */
export function layerSummaries({ layers, forward }: CompiledModel): readonly LayerSummary[] {
  const flops = new Map<string, number>();
  for (const { node, flops: own } of cost(forward.inference, 1).nodes) {
    if (node.layer !== undefined) flops.set(node.layer, (flops.get(node.layer) ?? 0) + own);
  }
  return layers.map(({ name, type, outputShape, parameters }) => ({
    name,
    type,
    outputShape: [...outputShape],
    parameters,
    flops: flops.get(name) ?? 0,
  }));
}
