/** One core computes this in about 0.1 ms: handing a smaller micro-batch to a worker takes longer than computing it. */
const smallestFlops = 8e6;

/** What one core computes in some 12 ms: long beside a round trip, short beside the wait for a slow worker. */
const comfortableFlops = 800e6;

/**
 * Every slice has a gradient of its own to be written, added up and perhaps sent: some 15 bytes of memory traffic per parameter, as long as 70 FLOP. At ten times
 * that the price of cutting is a tenth.
 */
const flopsPerParameter = 700;

/** Products of fewer samples keep the processor less busy: a transformer of 32 samples is 9 % faster in four of 8 than in eight of 4. */
const smallestSamples = 8;

/**
 * Slices per step for a job that does not say: a pure function of its price, so that it is the same whatever workers
 * there are. A power of two, because the tree that sums them is balanced then.
 *
 *   less than 8 MFLOP for each of two → 1: cutting would only add round trips
 *   otherwise                         → as many as have 800 MFLOP each, and 700 FLOP per parameter, between 2 and 8
 *   and never more than one per eight samples.
 */
export function chooseMicroBatches(question: {
  flopsPerStep: number;
  batchSize: number;
  parameters: number;
}): number {
  const { flopsPerStep, batchSize, parameters } = question;
  if (flopsPerStep < 2 * smallestFlops) return 1;
  const wanted = Math.min(
    8,
    Math.max(2, flopsPerStep / Math.max(comfortableFlops, flopsPerParameter * parameters)),
  );
  const allowed = Math.max(1, Math.min(wanted, batchSize / smallestSamples));
  return 2 ** Math.floor(Math.log2(allowed));
}
