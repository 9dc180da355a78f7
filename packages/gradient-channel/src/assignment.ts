import { malformed } from './frame.ts';

/** Payload of an ASSIGN frame: which samples to take. Step and micro-batches are in its header. */
export interface Assignment {
  readonly kind: 'train' | 'evaluate';
  readonly epoch: number;
  /**
   * Micro-batch *i* of the node has the samples [bounds[i], bounds[i + 1]) of the epoch's order (train) or of the
   * validation split (evaluate).
   */
  readonly bounds: readonly number[];
}

const BOUNDS_AT = 8;

export function encodeAssignment({ kind, epoch, bounds }: Assignment): Uint8Array {
  const bytes = new Uint8Array(BOUNDS_AT + 4 * bounds.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, kind === 'train' ? 0 : 1, true);
  view.setUint32(4, epoch, true);
  for (const [index, bound] of bounds.entries()) view.setUint32(BOUNDS_AT + 4 * index, bound, true);
  return bytes;
}

/**
 * @param count the header's
 * @throws DescentError FRAME_MALFORMED
 */
export function decodeAssignment(payload: Uint8Array, count: number): Assignment {
  const expected = BOUNDS_AT + 4 * (count + 1);
  if (count < 1 || payload.byteLength !== expected) {
    throw malformed(
      `an ASSIGN payload for ${count} micro-batches has ${expected} bytes, not ${payload.byteLength}`,
    );
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const kind = view.getUint32(0, true);
  if (kind > 1) throw malformed(`an assignment of kind ${kind} does not exist`);
  const bounds = Array.from({ length: count + 1 }, (_, index) => view.getUint32(BOUNDS_AT + 4 * index, true));
  for (let index = 0; index < count; index++) {
    const [start, end] = [bounds[index]!, bounds[index + 1]!];
    if (end <= start) throw malformed(`an assignment of samples ${start} to ${end} holds none`);
  }
  return { kind: kind === 0 ? 'train' : 'evaluate', epoch: view.getUint32(4, true), bounds };
}
