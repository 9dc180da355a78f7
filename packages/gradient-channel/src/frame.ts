import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import { FrameType, type FrameTypeName, frameTypeName } from './frame-type.ts';

export const HEADER_BYTES = 64;
/** No payload is longer; a larger number is noise or an attack, not a model. */
export const MAX_PAYLOAD_BYTES = 2 ** 36;

const MAGIC = 0x47435344;
const PROTOCOL = 2;
const FLAG_CHECKSUM = 1;
const HEADER_CHECK_AT = 12;

/** What the sender of a frame says; a field left out is 0. Length and checksums are filled in by `send`. */
export interface FrameFields<Type extends FrameTypeName = FrameTypeName> {
  readonly type: Type;
  /** `jobKey(jobId)` */
  readonly job?: bigint;
  readonly incarnation?: number;
  readonly step?: number;
  readonly microBatch?: number;
  /** Micro-batches, from `microBatch` on. */
  readonly count?: number;
  readonly version?: number;
  readonly assignment?: number;
}

/** A received header. */
export interface FrameHeader<Type extends FrameTypeName = FrameTypeName> extends Required<FrameFields<Type>> {
  readonly payloadBytes: number;
  /** CRC-32 of the payload; null when the sender set none. */
  readonly payloadCheck: number | null;
}

/** The 64 bytes of docs/protocol.md, in memory of their own. */
export function encodeHeader(
  fields: FrameFields,
  payloadBytes: number,
  payloadCheck: number | null,
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, PROTOCOL, true);
  view.setUint16(6, FrameType[fields.type], true);
  view.setUint32(8, payloadCheck === null ? 0 : FLAG_CHECKSUM, true);
  view.setBigUint64(16, fields.job ?? 0n, true);
  view.setUint32(24, fields.incarnation ?? 0, true);
  view.setUint32(28, fields.step ?? 0, true);
  view.setUint32(32, fields.microBatch ?? 0, true);
  view.setUint32(36, fields.version ?? 0, true);
  view.setFloat64(40, payloadBytes, true);
  view.setUint32(48, payloadCheck ?? 0, true);
  view.setUint32(52, fields.assignment ?? 0, true);
  view.setUint32(56, fields.count ?? 0, true);
  view.setUint32(HEADER_CHECK_AT, crc32(bytes), true);
  return bytes;
}

/** @throws DescentError FRAME_MALFORMED when the bytes are not exactly what `encodeHeader` writes */
export function decodeHeader(bytes: Uint8Array): FrameHeader {
  if (bytes.byteLength !== HEADER_BYTES) throw malformed(`a header has 64 bytes, not ${bytes.byteLength}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC) throw malformed(`it begins with 0x${magic.toString(16)}, not with "DSCG"`);
  const protocol = view.getUint16(4, true);
  if (protocol !== PROTOCOL) throw malformed(`it speaks protocol ${protocol}; this end speaks ${PROTOCOL}`);
  if (view.getUint32(HEADER_CHECK_AT, true) !== headerCheck(bytes)) throw malformed('its header check fails');
  const type = frameTypeName(view.getUint16(6, true));
  if (type === undefined) throw malformed(`type ${view.getUint16(6, true)} does not exist`);
  const flags = view.getUint32(8, true);
  if ((flags & ~FLAG_CHECKSUM) !== 0) throw malformed(`flags 0x${flags.toString(16)} are unknown`);
  if (view.getUint32(60, true) !== 0) throw malformed('its reserved bytes are not zero');
  const payloadBytes = view.getFloat64(40, true);
  if (!Number.isSafeInteger(payloadBytes) || payloadBytes < 0 || payloadBytes > MAX_PAYLOAD_BYTES) {
    throw malformed(`its payload would have ${payloadBytes} bytes`);
  }
  return {
    type,
    job: view.getBigUint64(16, true),
    incarnation: view.getUint32(24, true),
    step: view.getUint32(28, true),
    microBatch: view.getUint32(32, true),
    version: view.getUint32(36, true),
    assignment: view.getUint32(52, true),
    count: view.getUint32(56, true),
    payloadBytes,
    payloadCheck: (flags & FLAG_CHECKSUM) === 0 ? null : view.getUint32(48, true),
  };
}

export function malformed(problem: string): DescentError<'FRAME_MALFORMED'> {
  return new DescentError('FRAME_MALFORMED', { problem });
}

const fourZeros = new Uint8Array(4);

/** CRC-32 of the header with the check itself taken as zero. */
function headerCheck(bytes: Uint8Array): number {
  const before = crc32(bytes.subarray(0, HEADER_CHECK_AT));
  return crc32(bytes.subarray(HEADER_CHECK_AT + 4), crc32(fourZeros, before));
}
