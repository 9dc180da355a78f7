import { sumsBlockBytes, timingsBytes } from '@descent/gradient-channel';
import { addInto, type FlatBuffer, FlatMemory } from '@descent/optimizers';

/** The result for one node as it goes out in one piece: sums block, timings block, gradient (empty for an evaluation). */
export interface ResultBuffer {
  readonly index: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Samples, loss sum, sums of the metrics. A view of the payload. */
  readonly sums: Float64Array;
  readonly timings: Uint8Array;
  readonly gradient: FlatBuffer;
}

/** The result buffers of one training job, in one memory so that the kernels reach them. */
export interface ResultBuffers {
  /** Waits while all of them are being sent. */
  take(): Promise<ResultBuffer>;
  giveBack(buffer: ResultBuffer): void;
}

/** @param metrics numbers that the metrics of a micro-batch add up */
export function createResultBuffers(count: number, elements: number, metrics: number): ResultBuffers {
  const sumsBytes = sumsBlockBytes(metrics);
  const { buffers } = new FlatMemory({
    results: { count, length: elements, prefixBytes: sumsBytes + timingsBytes },
  });
  const free = buffers.results.map((gradient, index): ResultBuffer => {
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
