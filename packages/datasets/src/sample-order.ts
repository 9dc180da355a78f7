import { permutation } from './permutation.ts';
import type { SampleSelection } from './sample-selection.ts';

/**
 * The sample numbers of a selection in the order of one epoch: shuffled from the seed, or ascending without one (for
 * evaluation). Steps and micro-batches are ranges of it.
 */
export function sampleOrder(
  { count, indices }: SampleSelection,
  seed: number | undefined,
  epoch: number,
): Uint32Array {
  const positions =
    seed === undefined ? Uint32Array.from({ length: count }, (_, i) => i) : permutation(count, seed, epoch);
  return indices === null ? positions : positions.map((position) => indices[position]!);
}
