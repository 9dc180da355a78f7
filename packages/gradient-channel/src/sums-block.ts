/** Sums over the samples of one micro-batch or evaluation slice. */
export interface Sums {
  readonly samples: number;
  readonly loss: number;
  /** What the model's metrics add up, one after the other. */
  readonly metrics: readonly number[];
}

/** The gradients behind the block begin at a multiple of this, so SIMD kernels may read them in place. */
const ALIGNMENT = 64;

/** Bytes of the sums block: samples, loss and `metrics` further numbers as f64, padded with zeros. */
export function sumsBlockBytes(metrics: number): number {
  return Math.ceil((8 * (2 + metrics)) / ALIGNMENT) * ALIGNMENT;
}

/** Writes the block, padding included, to the front of `target`, which has at least `sumsBlockBytes` bytes. */
export function writeSums(target: Uint8Array, sums: Sums): void {
  const bytes = sumsBlockBytes(sums.metrics.length);
  const view = new DataView(target.buffer, target.byteOffset, bytes);
  target.fill(0, 0, bytes);
  [sums.samples, sums.loss, ...sums.metrics].forEach((value, index) => {
    view.setFloat64(8 * index, value, true);
  });
}

/** The values are as sent: whoever adds them checks that they are finite. */
export function readSums(payload: Uint8Array, metrics: number): Sums {
  const view = new DataView(payload.buffer, payload.byteOffset, sumsBlockBytes(metrics));
  return {
    samples: view.getFloat64(0, true),
    loss: view.getFloat64(8, true),
    metrics: Array.from({ length: metrics }, (_, index) => view.getFloat64(16 + 8 * index, true)),
  };
}
