import { readTimings, type WorkTimings } from '@descent/gradient-channel';
import { allFinite, type FlatBuffer } from '@descent/optimizers';
import { readSumsBlock, timingsOf } from './sums.ts';

/** Elements that are worth a call of the kernel while more are arriving. */
const checkedAtOnce = 16_384;

/** Room for the sum of one node as it comes off the wire: sums block, timings block, gradients. */
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
  /** Whether every sum and element of the whole payload is finite. */
  isFinite(): boolean;
  timings(): WorkTimings;
}

export function createGradientSlot(gradient: FlatBuffer, metrics: number): GradientSlot {
  const { payload, floats } = gradient;
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
      const end = Math.floor((bytes - ahead) / Float32Array.BYTES_PER_ELEMENT);
      if (end - checked >= checkedAtOnce) checkTo(end);
    },
    isFinite() {
      checkTo(floats.length);
      return finite && sums.every(Number.isFinite);
    },
    timings: () => readTimings(timings),
  };
}
