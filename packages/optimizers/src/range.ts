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
 * Buffers that one kernel call touches must lie in one memory and be different buffers; of one length as well, where
 * it works on all of them whole.
 */
export function requireSameMemory(buffers: Readonly<Record<string, FlatBuffer>>, range?: Range): void {
  const named = Object.entries(buffers);
  const [firstName, first] = named[0]!;
  const seen = new Map<number, string>();
  for (const [name, buffer] of named) {
    if (buffer.memory !== first.memory) throw new TypeError(`${name} and ${firstName} lie in two memories`);
    if (range === undefined && buffer.floats.length !== first.floats.length)
      throw new RangeError(
        `${name} has ${buffer.floats.length} elements, ${firstName} has ${first.floats.length}`,
      );
    const twin = seen.get(buffer.byteOffset);
    if (twin !== undefined && buffer.floats.length > 0)
      throw new TypeError(`${name} and ${twin} are one buffer`);
    seen.set(buffer.byteOffset, name);
  }
}
