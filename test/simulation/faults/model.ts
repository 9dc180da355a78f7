import { createHash } from 'node:crypto';
import { graphHash } from '@descent/autodiff';
import type { TrainingPlan } from '@descent/contracts';
import { batchOfStep, microBatchRange } from '@descent/datasets';
import { compileModel, initializeParameters, trainingGraph } from '@descent/models';
import { createLedger, emptyLedger } from '../../../services/parameter-server/src/ledger.ts';

export const jobId = 'job_01JTESTTESTTESTTESTTESTTES';

const modelSpec = {
  inputs: { x: { shape: [2] } },
  layers: [{ type: 'dense', units: 2 }],
  loss: { type: 'meanSquaredError', labels: 'y' },
} as TrainingPlan['request']['model'];
export const model = compileModel(modelSpec);
const hash = graphHash(trainingGraph(model));

export interface Size {
  readonly steps: number;
  readonly microBatches: number;
  readonly checkpointEverySteps: number;
}
const batchSize = 16;

export function planOf(
  { steps, microBatches, checkpointEverySteps }: Size,
  audit?: number | undefined,
): TrainingPlan {
  const count = steps * batchSize;
  return {
    jobId,
    microBatches,
    seed: 1,
    samples: { train: count, validation: 0 },
    graphHash: hash,
    manifest: {
      hash: '0'.repeat(64),
      columns: [
        {
          name: 'x',
          dtype: 'float32',
          shape: [2],
          statistics: { minimum: 0, maximum: 1, mean: 0, standardDeviation: 1 },
        },
      ],
      splits: [{ name: 'train', count, shards: [{ hash: '1'.repeat(64), count, bytes: 1 }] }],
    },
    request: {
      model: modelSpec,
      ...(audit === undefined ? {} : { audit }),
      data: { dataset: 'builtin:simulated' },
      training: {
        epochs: 1,
        batchSize,
        microBatches,
        checkpointEverySteps,
        optimizer: { type: 'sgd', learningRate: 0.125, momentum: 0.5 },
      },
    },
    price: {
      parameters: 6,
      parameterBytes: 24,
      flopsPerStep: 1,
      workerMemoryBytes: 1,
      serverMemoryBytes: 1,
      wireBytesPerStep: 1,
      stepsPerEpoch: steps,
      steps,
    },
  };
}

export interface UnitResult {
  readonly samples: number;
  readonly loss: number;
  readonly gradient: Float32Array;
}

/** The "backward pass": some function of version and samples with rounding at every turn, so that order shows in the bits. */
export function computeUnit(parameters: Float32Array, step: number, start: number, end: number): UnitResult {
  const gradient = new Float32Array(model.layout.gradientElements);
  let loss = 0;
  for (const { offset, length } of model.layout.entries) {
    for (let index = offset; index < offset + length; index++) {
      const noise = Math.sin(1 + start * 0.7 + index * 1.3 + step) * (end - start);
      gradient[index] = Math.fround(parameters[index]! * 0.1 * (end - start) + noise);
      loss += gradient[index]! ** 2;
    }
  }
  return { samples: end - start, loss, gradient };
}

/** Left and right half of a node of the tree over `count` operands from `first` on; the left one is the next power of two. */
export function sumTree(first: number, count: number, leaf: (index: number) => UnitResult): UnitResult {
  if (count === 1) return leaf(first);
  const half = 2 ** Math.ceil(Math.log2(count) - 1);
  const left = sumTree(first, half, leaf);
  const right = sumTree(first + half, count - half, leaf);
  return {
    samples: left.samples + right.samples,
    loss: left.loss + right.loss,
    gradient: left.gradient.map((value, index) => Math.fround(value + right.gradient[index]!)),
  };
}

export interface Reference {
  readonly parameters: Float32Array;
  readonly ledgerHash: string;
  readonly losses: readonly number[];
}

/** What must come out, computed in a plain loop: no workers, no channel, no kernels. */
export function computeReference({ steps, microBatches }: Size): Reference {
  const parameters = initializeParameters(model.layout, 1);
  const momentum = new Float32Array(parameters.length);
  const ledger = createLedger(emptyLedger);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = batchOfStep(step, steps * batchSize, batchSize);
    const total = sumTree(0, microBatches, (index) => {
      const { start, end } = microBatchRange(batch.end - batch.start, microBatches, index);
      return computeUnit(parameters, step, batch.start + start, batch.start + end);
    });
    const scale = Math.fround(1 / total.samples);
    for (const { offset, length } of model.layout.entries) {
      for (let index = offset; index < offset + length; index++) {
        const mean = Math.fround(total.gradient[index]! * scale);
        momentum[index] = Math.fround(Math.fround(0.5 * momentum[index]!) + mean);
        parameters[index] = Math.fround(parameters[index]! - Math.fround(0.125 * momentum[index]!));
      }
    }
    ledger.append(step, Float64Array.of(total.samples, total.loss));
    losses.push(total.loss / total.samples);
  }
  return { parameters, ledgerHash: ledger.hash, losses };
}

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
