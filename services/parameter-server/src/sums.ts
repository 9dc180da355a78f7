import { sumsBlockBytes, timingsBytes } from '@descent/gradient-channel';

/** Bytes in front of the gradients of a payload, or all that a SCORES frame has: sums block and timings block. */
export const prefixBytes = (metrics: number): number => sumsBlockBytes(metrics) + timingsBytes;

/** A view of the timings block. */
export function timingsOf(payload: Uint8Array<ArrayBuffer>, metrics: number): Uint8Array<ArrayBuffer> {
  const start = sumsBlockBytes(metrics);
  return payload.subarray(start, start + timingsBytes);
}

/** A view of the sums block at the front of a payload: samples, loss sum, sums of the metrics. */
export function readSumsBlock(payload: Uint8Array<ArrayBuffer>, metrics: number): Float64Array {
  return new Float64Array(payload.buffer, payload.byteOffset, 2 + metrics);
}

/** left ← left + right */
export function addSums(left: Float64Array, right: Float64Array): void {
  for (let index = 0; index < left.length; index++) left[index]! += right[index]!;
}
