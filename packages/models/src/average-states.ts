import type { ParameterLayout } from './parameter-layout.ts';

/**
 * next ← momentum · current + (1 − momentum) · statistic ÷ samples for every state, where `sums` holds Σ over the
 * samples of the step of the statistic. Computed in double precision and rounded once.
 *
 * Ioffe & Szegedy, Batch Normalization (2015), section 3.1, over micro-batches: each normalises with its own moments.
 */
export function averageStates(
  { entries }: ParameterLayout,
  current: Float32Array,
  next: Float32Array,
  sums: Float32Array,
  samples: number,
): void {
  for (const { offset, length, momentum } of entries) {
    if (momentum === undefined) continue;
    for (let index = offset; index < offset + length; index += 1) {
      next[index] = momentum * current[index]! + ((1 - momentum) * sums[index]!) / samples;
    }
  }
}
