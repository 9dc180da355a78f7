import { permutation } from './permutation.ts';
import type { SampleSelection } from './sample-selection.ts';
import { batchOfStep, microBatchRange, stepsPerEpoch } from './step-plan.ts';

/** shuffled: a new order each epoch. sequential: always ascending, for evaluation; a step is then a batch. */
export type SampleOrder =
  | { readonly type: 'shuffled'; readonly seed: number }
  | { readonly type: 'sequential' };

export interface SamplerOptions {
  readonly samples: SampleSelection;
  readonly order: SampleOrder;
  readonly batchSize: number;
  readonly microBatches: number;
}

export interface Sampler {
  readonly stepsPerEpoch: number;
  /** Samples in the mini-batch of a step; smaller in the last step of an epoch. */
  batchSamples(step: number): number;
  /** Sample numbers of one micro-batch, [n]; n may be 0 (see microBatchRange). Read only: a view on the epoch's order. */
  microBatch(step: number, index: number): Uint32Array;
}

/** Says which samples every micro-batch holds, from the seed alone. Steps count from 0 over the whole training. */
export function createSampler({ samples, order, batchSize, microBatches }: SamplerOptions): Sampler {
  let cachedEpoch = -1;
  let cachedOrder = new Uint32Array(0);

  function orderOf(epoch: number): Uint32Array {
    if (epoch === cachedEpoch) return cachedOrder;
    cachedOrder = epochOrder(samples, order, epoch);
    cachedEpoch = epoch;
    return cachedOrder;
  }

  return {
    stepsPerEpoch: stepsPerEpoch(samples.count, batchSize),
    batchSamples(step) {
      const { start, end } = batchOfStep(step, samples.count, batchSize);
      return end - start;
    },
    microBatch(step, index) {
      const batch = batchOfStep(step, samples.count, batchSize);
      const slice = microBatchRange(batch.end - batch.start, microBatches, index);
      const epoch = order.type === 'sequential' ? 0 : batch.epoch;
      return orderOf(epoch).subarray(batch.start + slice.start, batch.start + slice.end);
    },
  };
}

function epochOrder(
  { count, indices }: SampleSelection,
  order: SampleOrder,
  epoch: number,
): Uint32Array<ArrayBuffer> {
  const positions =
    order.type === 'shuffled'
      ? permutation(count, order.seed, epoch)
      : Uint32Array.from({ length: count }, (_, i) => i);
  return Uint32Array.from(positions, (position) => indices?.[position] ?? position);
}
