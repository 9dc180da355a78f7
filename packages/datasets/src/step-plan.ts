/** A slice of a sequence: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Samples of one evaluation slice. Fixed, so that the order in which scores are added never depends on the workers. */
export const evaluationSlice = 500;

/** The last mini-batch of an epoch holds what is left; no sample is dropped and none occurs twice. */
export function stepsPerEpoch(samples: number, batchSize: number): number {
  return Math.ceil(samples / batchSize);
}

/** Which part of which epoch's order the step (counted from 0 over the whole training) takes. */
export function batchOfStep(
  step: number,
  samples: number,
  batchSize: number,
): Range & { readonly epoch: number } {
  const steps = stepsPerEpoch(samples, batchSize);
  const epoch = Math.floor(step / steps);
  const start = (step - epoch * steps) * batchSize;
  return { epoch, start, end: Math.min(start + batchSize, samples) };
}

/**
 * The slice of a mini-batch that micro-batch `index` of `microBatches` takes. Sizes differ by at most one. When the
 * mini-batch has fewer samples than there are micro-batches, some slices are empty: they have nothing to compute and
 * add zero to the sum.
 */
export function microBatchRange(batchSamples: number, microBatches: number, index: number): Range {
  return {
    start: Math.floor((index * batchSamples) / microBatches),
    end: Math.floor(((index + 1) * batchSamples) / microBatches),
  };
}

/**
 * The mini-batches that a participant of a local job trains on one after the other, out of its slice of a step's
 * samples: of batchSize ÷ participants samples each, or as near to that as their number allows.
 */
export function localBatches(
  { start, end }: Range,
  batchSize: number,
  participants: number,
): readonly Range[] {
  const samples = end - start;
  const count = Math.min(samples, Math.max(1, Math.round((samples * participants) / batchSize)));
  return Array.from({ length: count }, (_, index) => {
    const batch = microBatchRange(samples, count, index);
    return { start: start + batch.start, end: start + batch.end };
  });
}
