const deepest = 32;
/** Bytes of a 64-bit number at seven bits each. */
const longestVarint = 10;

/** Types of Thrift's compact protocol, as Parquet uses them. */
const types = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
};

/**
 * Where the struct that begins at `offset` ends, in Thrift's compact protocol (Apache Thrift, "Thrift Compact protocol encoding").
 * Throws a RangeError where it is longer than `view`, nested deeper than Parquet's are, or of a type that Parquet has none of. The decoder
 * trusts lengths: a negative one sends it back and round, a list of a few bytes can claim 2^31 elements.
 */
export function structEnd(view: DataView, offset: number, depth = 0): number {
  if (depth > deepest) throw new RangeError(`its header is nested deeper than ${deepest}`);
  let at = offset;
  for (;;) {
    const head = view.getUint8(at++);
    const type = head & 0x0f;
    if (type === types.stop) return at;
    // A field that does not count on from the one before says its own number.
    if (head >> 4 === 0) at = varint(view, at).end;
    // The value of a boolean field is its type.
    if (type !== types.true && type !== types.false) at = elementEnd(view, at, type, depth);
  }
}

function elementEnd(view: DataView, at: number, type: number, depth: number): number {
  switch (type) {
    case types.true:
    case types.false:
    case types.byte:
      return within(view, at + 1);
    case types.i16:
    case types.i32:
    case types.i64:
      return varint(view, at).end;
    case types.double:
      return within(view, at + 8);
    case types.binary: {
      const { value, end } = varint(view, at);
      return within(view, end + value);
    }
    case types.list:
      return listEnd(view, at, depth);
    case types.struct:
      return structEnd(view, at, depth + 1);
    default:
      throw new RangeError(`its header has a value of the unknown type ${type}`);
  }
}

function listEnd(view: DataView, offset: number, depth: number): number {
  const head = view.getUint8(offset);
  const short = head >> 4;
  const { value: count, end } = short === 15 ? varint(view, offset + 1) : { value: short, end: offset + 1 };
  // No element has less than a byte.
  if (count > view.byteLength - end) throw new RangeError(`a list of its header has ${count} elements`);
  if (depth >= deepest) throw new RangeError(`its header is nested deeper than ${deepest}`);
  let at = end;
  for (let element = 0; element < count; element++) at = elementEnd(view, at, head & 0x0f, depth + 1);
  return at;
}

function varint(view: DataView, offset: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0; index < longestVarint; index++) {
    const byte = view.getUint8(offset + index);
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: offset + index + 1 };
  }
  throw new RangeError(`a number of its header has more than ${longestVarint} bytes`);
}

function within(view: DataView, end: number): number {
  if (end > view.byteLength) throw new RangeError('its header ends outside of it');
  return end;
}
