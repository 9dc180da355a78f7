import type { PageHeader, ParquetType } from 'hyparquet';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

/** What a page of a flat column needs to be understood. */
export interface PagedColumn {
  readonly type: ParquetType;
  /** Bytes of a value of fixed length. */
  readonly typeLength: number | undefined;
  /** Whether values can be null: levels of one bit stand in front of them. */
  readonly optional: boolean;
  /** The content of a page, exactly `length` bytes. */
  readonly unpack: (packed: Uint8Array, length: number) => Uint8Array;
}

/** Of texts that share beginnings with the one before, written out. */
const maxSharedBytes = 256 * 1024 ** 2;
const maxDeltaBlock = 2 ** 20;

interface Cursor {
  readonly view: DataView;
  offset: number;
}

/**
 * Throws a RangeError where the values of a data page are not what its header says: too few bytes, or runs, blocks or shared
 * beginnings that claim more values than there are. The decoder trusts them, and one of six bytes can claim 2^31 values.
 */
export function checkValues(page: Uint8Array, header: PageHeader, column: PagedColumn): void {
  const unpacked = Number(header.uncompressed_page_size);
  const { data_page_header: first, data_page_header_v2: second } = header;
  if (first !== undefined) {
    const cursor = cursorOf(column.unpack(page, unpacked));
    let present = first.num_values;
    if (column.optional) {
      const end = blockEnd(cursor);
      present = checkRuns(cursor, 1, first.num_values, end);
      cursor.offset = end;
    }
    checkEncoded(cursor, first.encoding, present, column);
    return;
  }
  if (second === undefined) return;
  const { num_values: count, num_nulls: nulls, repetition_levels_byte_length: repetitions } = second;
  const levels = repetitions + second.definition_levels_byte_length;
  if (!(repetitions >= 0 && levels >= repetitions && levels <= Math.min(page.length, unpacked)))
    throw new RangeError('its levels end outside of it');
  if (!(nulls >= 0 && nulls <= count)) throw new RangeError(`${nulls} of its ${count} values are null`);
  if (column.optional) {
    const cursor = cursorOf(page.subarray(0, levels));
    cursor.offset = repetitions;
    const present = checkRuns(cursor, 1, count, levels);
    if (present !== count - nulls) throw new RangeError(`${present} of its ${count} values are there`);
  } else if (nulls > 0) throw new RangeError('values are null that must not be');
  const packed = page.subarray(levels);
  const content = second.is_compressed === false ? packed : column.unpack(packed, unpacked - levels);
  checkEncoded(cursorOf(content), second.encoding, count - nulls, column);
}

function checkEncoded(
  cursor: Cursor,
  encoding: string | undefined,
  count: number,
  column: PagedColumn,
): void {
  switch (encoding) {
    case 'PLAIN':
    case 'BYTE_STREAM_SPLIT':
      if (count * leastBytes(column) > left(cursor))
        throw new RangeError(`its ${left(cursor)} bytes cannot hold ${count} values`);
      return;
    case 'RLE':
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY': {
      if (column.type === 'BOOLEAN') {
        checkRuns(cursor, 1, count, blockEnd(cursor));
        return;
      }
      const width = cursor.view.getUint8(cursor.offset++);
      if (width > 32) throw new RangeError(`its entries are numbered with ${width} bits`);
      if (width > 0) checkRuns(cursor, width, count, cursor.view.byteLength);
      return;
    }
    case 'DELTA_BINARY_PACKED':
      checkDeltas(cursor);
      return;
    case 'DELTA_LENGTH_BYTE_ARRAY':
      checkLengths(deltas(cursor, count), count);
      return;
    case 'DELTA_BYTE_ARRAY': {
      const shared = deltas(cursor, count);
      checkLengths(shared, count, deltas(cursor, count));
      return;
    }
    default:
      // The decoder refuses it.
      return;
  }
}

/** Of one value. */
function leastBytes({ type, typeLength = 1 }: PagedColumn): number {
  switch (type) {
    case 'BOOLEAN':
      return 1 / 8;
    case 'INT32':
    case 'FLOAT':
      return 4;
    case 'INT64':
    case 'DOUBLE':
      return 8;
    case 'INT96':
      return 12;
    case 'FIXED_LEN_BYTE_ARRAY':
      return typeLength;
    case 'BYTE_ARRAY':
      // Their length.
      return 4;
    default:
      return type satisfies never;
  }
}

/** Walks the hybrid of runs and packed bits up to `count` values; returns how many are 1. */
function checkRuns(cursor: Cursor, width: number, count: number, end: number): number {
  let seen = 0;
  let ones = 0;
  while (seen < count) {
    if (cursor.offset >= end) throw new RangeError(`its runs have ${seen} of ${count} values`);
    const head = readVarInt(cursor) >>> 0;
    const claimed = (head >>> 1) * (head & 1 ? 8 : 1);
    // Packed bits come in groups of eight, filled up at the end.
    const limit = head & 1 ? Math.ceil((count - seen) / 8) * 8 : count - seen;
    if (claimed === 0 || claimed > limit)
      throw new RangeError(`a run of ${claimed} values stands where ${count - seen} are left`);
    const taken = Math.min(claimed, count - seen);
    if (head & 1) {
      if (width === 1) for (let i = 0; i < taken; i++) ones += bit(cursor, i, end);
      cursor.offset += (claimed / 8) * width;
    } else {
      const bytes = Math.ceil(width / 8);
      if (cursor.offset + bytes > end) throw new RangeError('a run ends outside of it');
      if (width === 1 && cursor.view.getUint8(cursor.offset) === 1) ones += taken;
      cursor.offset += bytes;
    }
    seen += taken;
  }
  return ones;
}

function bit({ view, offset }: Cursor, index: number, end: number): number {
  const at = offset + (index >>> 3);
  if (at >= end) throw new RangeError('packed bits end outside of it');
  return (view.getUint8(at) >>> (index & 7)) & 1;
}

/** The values of a block of differences, which fit int32. */
function deltas(cursor: Cursor, count: number): Int32Array {
  checkDeltas(cursor);
  const values = new Int32Array(count);
  deltaBinaryUnpack(cursor, count, values);
  return values;
}

/** The header says into how many parts a block is cut; with a negative number the decoder goes back and round. */
function checkDeltas({ view, offset }: Cursor): void {
  const cursor = { view, offset };
  const [block, parts] = [readVarInt(cursor), readVarInt(cursor)];
  if (!(block > 0 && block <= maxDeltaBlock && parts > 0 && block % parts === 0))
    throw new RangeError(`its differences come in blocks of ${block} values in ${parts} parts`);
}

/** @param shared how many bytes each text has in common with the one before; with it, `own` are the others */
function checkLengths(lengths: Int32Array, count: number, own?: Int32Array): void {
  let total = 0;
  let before = 0;
  for (let i = 0; i < count; i++) {
    const length = lengths[i]! + (own?.[i] ?? 0);
    total += length;
    const wrong = lengths[i]! < 0 || length < lengths[i]! || total > maxSharedBytes;
    if (wrong || (own !== undefined && lengths[i]! > before))
      throw new RangeError(`the length of value ${i} cannot be`);
    before = length;
  }
}

/** The end of what begins with its length in four bytes; the cursor stands behind them. */
function blockEnd(cursor: Cursor): number {
  const length = cursor.view.getUint32(cursor.offset, true);
  cursor.offset += 4;
  if (length > left(cursor)) throw new RangeError('its levels end outside of it');
  return cursor.offset + length;
}

function left({ view, offset }: Cursor): number {
  return view.byteLength - offset;
}

function cursorOf(bytes: Uint8Array): Cursor {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}
