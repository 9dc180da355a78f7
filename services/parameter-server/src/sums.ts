import type { Scores } from '@descent/contracts';

export { sumsBlockBytes } from '@descent/gradient-channel';

/** A view of the sums block at the front of a payload: samples, loss sum, one sum per metric. */
export function readSumsBlock(payload: Uint8Array<ArrayBuffer>, metrics: number): Float64Array {
  return new Float64Array(payload.buffer, payload.byteOffset, 2 + metrics);
}

/** left ← left + right */
export function addSums(left: Float64Array, right: Float64Array): void {
  for (let index = 0; index < left.length; index++) left[index]! += right[index]!;
}

/** Means over samples. */
export function meanScores(sums: Float64Array, metrics: readonly string[]): Scores & { loss: number } {
  const samples = sums[0]!;
  const named = metrics.map((name, index) => [name, sums[2 + index]! / samples] as const);
  return { ...Object.fromEntries(named), loss: sums[1]! / samples };
}
