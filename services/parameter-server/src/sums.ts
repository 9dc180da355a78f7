export { sumsBlockBytes } from '@descent/gradient-channel';

/** A view of the sums block at the front of a payload: samples, loss sum, sums of the metrics. */
export function readSumsBlock(payload: Uint8Array<ArrayBuffer>, metrics: number): Float64Array {
  return new Float64Array(payload.buffer, payload.byteOffset, 2 + metrics);
}

/** left ← left + right */
export function addSums(left: Float64Array, right: Float64Array): void {
  for (let index = 0; index < left.length; index++) left[index]! += right[index]!;
}
