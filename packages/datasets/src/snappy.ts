/**
 * Unpacks a block of Snappy (format_description.txt of google/snappy) of a known length. Whatever the bytes claim, it reads
 * each once and writes no more than `length`: the decoder of hyparquet can go round in circles on a damaged literal.
 * @throws RangeError where the block is damaged
 */
export function unpackSnappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let at = 0;
  let filled = 0;
  /** Little-endian. */
  const number = (bytes: number): number => {
    if (at + bytes > input.length) throw new RangeError('its Snappy data ends in the middle');
    let value = 0;
    for (let b = 0; b < bytes; b++) value += input[at + b]! * 2 ** (8 * b);
    at += bytes;
    return value;
  };
  // The length stands in front, as a varint that the caller knows better.
  while (number(1) >= 0x80);
  while (at < input.length) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const count = 1 + (short < 60 ? short : number(short - 59));
      if (at + count > input.length || filled + count > length)
        throw new RangeError('a literal of its Snappy data ends outside of it');
      output.set(input.subarray(at, at + count), filled);
      at += count;
      filled += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
    const distance = kind === 1 ? (tag >>> 5) * 256 + number(1) : number(kind === 2 ? 2 : 4);
    if (distance === 0 || distance > filled || filled + count > length)
      throw new RangeError('a copy of its Snappy data lies outside of it');
    // A copy may reach into what it writes: a run.
    for (const end = filled + count; filled < end; filled++) output[filled] = output[filled - distance]!;
  }
  if (filled !== length) throw new RangeError(`its Snappy data unpacks to ${filled} bytes and not ${length}`);
  return output;
}
