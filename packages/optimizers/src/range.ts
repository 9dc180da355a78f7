import type { FlatBuffer } from './flat-memory.ts';

/** Elements `start` to `end`, without `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a range of a buffer lies; left out, the whole buffer. Kernels check nothing, so this must. */
export function resolveRange(
  buffer: FlatBuffer,
  range: Range = { start: 0, end: buffer.floats.length },
): { readonly address: number; readonly count: number } {
  const { start, end } = range;
  const { length } = buffer.floats;
  if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= length))
    throw new RangeError(`elements ${start} to ${end} do not lie in a buffer of ${length}`);
  return { address: buffer.byteOffset + start * Float32Array.BYTES_PER_ELEMENT, count: end - start };
}

/**
 * Buffers that one kernel call touches must lie in one memory and be different buffers; of one length, where it works on
 * all of them whole, and otherwise each must hold the range. No object is made: this runs for every tile.
 */
export function requireSameMemory(
  names: readonly string[],
  buffers: readonly FlatBuffer[],
  range?: Range,
): void {
  const first = buffers[0]!;
  for (let index = 1; index < buffers.length; index++) {
    const buffer = buffers[index]!;
    const name = names[index];
    if (buffer.memory !== first.memory) throw new TypeError(`${name} and ${names[0]} lie in two memories`);
    const { length } = buffer.floats;
    if (range === undefined && length !== first.floats.length)
      throw new RangeError(`${name} has ${length} elements, ${names[0]} has ${first.floats.length}`);
    if (range !== undefined && range.end > length)
      throw new RangeError(`${name} has ${length} elements, the range ends at ${range.end}`);
    if (length === 0) continue;
    for (let other = 0; other < index; other++)
      if (buffers[other]!.byteOffset === buffer.byteOffset)
        throw new TypeError(`${name} and ${names[other]} are one buffer`);
  }
}
