import { sumsBlockBytes, timingsBytes } from '@descent/gradient-channel';
import { addInto, type FlatBuffer } from '@descent/optimizers';

/** The result for one node as it goes out in one piece: sums block, timings block, gradient (empty for an evaluation). */
export interface ResultBuffer {
  readonly index: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Samples, loss sum, sums of the metrics. A view of the payload. */
  readonly sums: Float64Array;
  readonly timings: Uint8Array;
  readonly gradient: FlatBuffer;
}

/** A few result buffers that are used in turn. */
export interface ResultBuffers {
  /** Waits while all of them are being sent. */
  take(): Promise<ResultBuffer>;
  giveBack(buffer: ResultBuffer): void;
}

/** Bytes of a result in front of its gradient. */
export const resultPrefixBytes = (metrics: number): number => sumsBlockBytes(metrics) + timingsBytes;

/**
 * @param buffers each with {@link resultPrefixBytes} in front
 * @param metrics numbers that the metrics of a micro-batch add up
 */
export function createResultBuffers(buffers: readonly FlatBuffer[], metrics: number): ResultBuffers {
  const sumsBytes = sumsBlockBytes(metrics);
  const free = buffers.map((gradient, index): ResultBuffer => {
    const { payload } = gradient;
    return {
      index,
      payload,
      sums: new Float64Array(payload.buffer, payload.byteOffset, 2 + metrics),
      timings: payload.subarray(sumsBytes, sumsBytes + timingsBytes),
      gradient,
    };
  });
  const waiting: ((buffer: ResultBuffer) => void)[] = [];

  return {
    take: async () =>
      free.pop() ??
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    giveBack(buffer) {
      const next = waiting.shift();
      if (next === undefined) free.push(buffer);
      else next(buffer);
    },
  };
}

/** left ← left + right, as the parameter server adds. */
export function addResults(left: ResultBuffer, right: ResultBuffer): void {
  for (let index = 0; index < left.sums.length; index++) left.sums[index]! += right.sums[index]!;
  if (left.gradient.floats.length > 0) addInto(left.gradient, right.gradient);
}
