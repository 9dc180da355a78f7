import { malformed } from './frame.ts';
import { ASSIGNMENT_BYTES } from './frame-type.ts';

/** Payload of an ASSIGN frame: which samples to take. Step and micro-batch are in its header. */
export interface Assignment {
  readonly kind: 'train' | 'evaluate';
  readonly epoch: number;
  /** Samples [start, end) of the epoch's order (train) or of the validation split (evaluate). */
  readonly start: number;
  readonly end: number;
}

export function encodeAssignment(assignment: Assignment): Uint8Array {
  const bytes = new Uint8Array(ASSIGNMENT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, assignment.kind === 'train' ? 0 : 1, true);
  view.setUint32(4, assignment.epoch, true);
  view.setUint32(8, assignment.start, true);
  view.setUint32(12, assignment.end, true);
  return bytes;
}

/** @throws DescentError FRAME_MALFORMED */
export function decodeAssignment(payload: Uint8Array): Assignment {
  if (payload.byteLength !== ASSIGNMENT_BYTES) {
    throw malformed(`an ASSIGN payload has ${ASSIGNMENT_BYTES} bytes, not ${payload.byteLength}`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const kind = view.getUint32(0, true);
  if (kind > 1) throw malformed(`an assignment of kind ${kind} does not exist`);
  if (view.getBigUint64(16, true) !== 0n || view.getBigUint64(24, true) !== 0n) {
    throw malformed('the reserved bytes of an assignment are not zero');
  }
  const start = view.getUint32(8, true);
  const end = view.getUint32(12, true);
  if (end <= start) throw malformed(`an assignment of samples ${start} to ${end} holds none`);
  return { kind: kind === 0 ? 'train' : 'evaluate', epoch: view.getUint32(4, true), start, end };
}
