import { DescentError } from '@descent/errors';
import type { Message } from './message-types.ts';
import { type Field, type MessageName, messages } from './messages.ts';
import { WireReader } from './wire-reader.ts';

/** What one file may make us build. A message or a number in a list may take one byte of file and fifty of memory. */
export interface DecodeLimits {
  readonly bytes: number;
  /** Messages, strings and numbers in lists, together. Raw tensor bytes do not count: they stay where they are. */
  readonly items: number;
  /** Messages inside messages; each sub-graph takes three. */
  readonly depth: number;
}

export const defaultDecodeLimits: DecodeLimits = { bytes: 2 ** 31 - 1, items: 16_000_000, depth: 64 };

interface Decoding {
  readonly limits: DecodeLimits;
  items: number;
}

/**
 * Reads a message. Byte fields are views on `bytes`. Lengths are checked against what is there before anything is
 * allocated, and unknown fields are skipped.
 *
 * @throws DescentError ONNX_INVALID with the byte at which the file stops making sense; ONNX_TOO_LARGE
 */
export function decodeMessage<Name extends MessageName>(
  name: Name,
  bytes: Uint8Array,
  limits: Partial<DecodeLimits> = {},
): Message<Name> {
  const decoding = { limits: { ...defaultDecodeLimits, ...limits }, items: 0 };
  if (bytes.byteLength > decoding.limits.bytes)
    throw tooLarge('bytes', bytes.byteLength, decoding.limits.bytes);
  return read(name, new WireReader(bytes), bytes.byteLength, 1, decoding) as Message<Name>;
}

/** By field number, per message. */
const fieldsById = new Map<string, ReadonlyMap<number, readonly [string, Field]>>(
  Object.entries(messages).map(([name, fields]) => [
    name,
    new Map(Object.entries<Field>(fields).map(([field, rule]) => [rule.id, [field, rule] as const])),
  ]),
);

function read(
  name: MessageName,
  reader: WireReader,
  end: number,
  depth: number,
  decoding: Decoding,
): Record<string, unknown> {
  if (depth > decoding.limits.depth) throw tooLarge('nesting', depth, decoding.limits.depth);
  const result: Record<string, unknown> = {};
  for (const [field, rule] of Object.entries<Field>(messages[name])) if (rule.repeated) result[field] = [];
  const known = fieldsById.get(name)!;
  while (reader.position < end) {
    const { id, wire } = reader.tag();
    const found = known.get(id);
    if (found === undefined) {
      reader.skip(wire, end);
      continue;
    }
    const [field, rule] = found;
    if (!rule.repeated) result[field] = readOne(rule.type, wire, reader, end, depth, decoding);
    else readMany(result[field] as unknown[], rule.type, wire, reader, end, depth, decoding);
  }
  return result;
}

function readMany(
  list: unknown[],
  type: string,
  wire: number,
  reader: WireReader,
  end: number,
  depth: number,
  decoding: Decoding,
): void {
  const packed = wire === 2 && isNumeric(type);
  if (!packed) {
    list.push(readOne(type, wire, reader, end, depth, decoding));
    return;
  }
  const stop = reader.length(end);
  while (reader.position < stop) list.push(readOne(type, undefined, reader, stop, depth, decoding));
}

/** `wire` is undefined inside a packed list, where elements have no tag. */
function readOne(
  type: string,
  wire: number | undefined,
  reader: WireReader,
  end: number,
  depth: number,
  decoding: Decoding,
): unknown {
  decoding.items += 1;
  if (decoding.items > decoding.limits.items) throw tooLarge('items', decoding.items, decoding.limits.items);
  switch (type) {
    case 'float':
      return reader.fixed32(wire, end);
    case 'double':
      return reader.fixed64(wire, end);
    case 'int32':
      return Number(BigInt.asIntN(32, BigInt(reader.varint(wire, end))));
    case 'int64':
      return narrow(BigInt.asIntN(64, BigInt(reader.varint(wire, end))));
    case 'uint64':
      return narrow(BigInt(reader.varint(wire, end)));
    case 'string':
      return reader.text(wire, end);
    case 'bytes':
      return reader.bytes(wire, end);
    default: {
      const stop = reader.delimited(wire, end);
      return read(type as MessageName, reader, stop, depth + 1, decoding);
    }
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function isNumeric(type: string): boolean {
  return ['float', 'double', 'int32', 'int64', 'uint64'].includes(type);
}

function tooLarge(what: string, actual: number, limit: number): DescentError {
  return new DescentError('ONNX_TOO_LARGE', { what: `${what} of the file`, actual, limit });
}
