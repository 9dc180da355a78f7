import { readTimings, type WorkTimings } from '@descent/gradient-channel';
import { allFinite, type Decoded, type FlatBuffer, type WireFormat } from '@descent/optimizers';
import { readSumsBlock, timingsOf } from './sums.ts';

/** Elements that are worth a call of the kernel while more are arriving. */
const checkedAtOnce = 16_384;

/** Room for the sum of one node as it comes off the wire: sums block, timings block, gradients or what they are encoded as. */
export interface GradientSlot {
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Samples, loss sum, one sum per metric. A view of the payload. */
  readonly sums: Float64Array;
  readonly gradient: FlatBuffer;
  /** When its header was there. Monotonic milliseconds. */
  answeredAt: number;
  /** Forgets what it held. */
  clear(answeredAt: number): void;
  /** The first `bytes` bytes of the payload are there: they are checked while they are in the cache. */
  arrived(bytes: number): void;
  /** Makes the gradient of what came, and says whether every sum and element of it is finite. */
  check(): Decoded;
  timings(): WorkTimings;
}

/** What travels in place of a gradient. */
export interface EncodedGradient {
  readonly format: WireFormat;
  readonly buffer: FlatBuffer;
}

export function createGradientSlot(
  gradient: FlatBuffer,
  metrics: number,
  encoded?: EncodedGradient | undefined,
): GradientSlot {
  const { floats } = gradient;
  const { payload } = encoded?.buffer ?? gradient;
  const ahead = payload.byteLength - floats.byteLength;
  const sums = readSumsBlock(payload, metrics);
  const timings = timingsOf(payload, metrics);
  let checked = 0;
  let finite = true;

  const checkTo = (end: number) => {
    if (end <= checked) return;
    finite &&= allFinite(gradient, { start: checked, end });
    checked = end;
  };

  return {
    payload,
    sums,
    gradient,
    answeredAt: 0,
    clear(answeredAt) {
      this.answeredAt = answeredAt;
      checked = 0;
      finite = true;
    },
    arrived(bytes) {
      if (encoded !== undefined) return;
      const end = Math.floor((bytes - ahead) / Float32Array.BYTES_PER_ELEMENT);
      if (end - checked >= checkedAtOnce) checkTo(end);
    },
    check() {
      if (!sums.every(Number.isFinite)) return 'not-finite';
      if (encoded !== undefined) return encoded.format.unpack(gradient, encoded.buffer);
      checkTo(floats.length);
      return finite ? 'finite' : 'not-finite';
    },
    timings: () => readTimings(timings),
  };
}
