import type { ArrayOf } from '@descent/tensors';
import type { ColumnArray } from './column.ts';
import type { BoundColumn, InputBinding } from './input-binding.ts';
import type { LoadedSplit } from './load-split.ts';

/** Copies samples `indices` into the start of `target`, [indices.length, ...shape], transformed. Allocates nothing. */
export type Gather<D extends InputBinding['dtype'] = InputBinding['dtype']> = (
  indices: Uint32Array,
  target: ArrayOf[D],
) => void;

interface Part {
  readonly data: ColumnArray;
  readonly elements: number;
  /** Where the elements of this column start within a sample of the input. */
  readonly at: number;
  readonly factor: number;
  readonly offset: number;
  /** For uint8: the float32 of each of the 256 values, three times faster than computing it. */
  readonly table: Float32Array | undefined;
}

/** Prepares the batches of one input. Float values are computed in double precision and rounded once. */
export function createGather(split: LoadedSplit, binding: InputBinding): Gather {
  let width = 0;
  const parts = binding.columns.map((bound): Part => {
    const loaded = split.columns.get(bound.column);
    if (loaded === undefined) throw new RangeError(`Column "${bound.column}" was not loaded`);
    const part = { ...bound, data: loaded.data, at: width, table: tableOf(bound, loaded.data) };
    width += bound.elements;
    return part;
  });

  return (indices, target) => {
    if (target.length < indices.length * width) {
      throw new RangeError(
        `${indices.length} samples of "${binding.input}" do not fit into ${target.length} elements`,
      );
    }
    for (const index of indices) {
      if (index >= split.count) throw new RangeError(`Split "${split.name}" has no sample ${index}`);
    }
    for (const part of parts) {
      if (target instanceof Float32Array) gatherFloats(part, indices, target, width);
      else if (target instanceof Int32Array) gatherIntegers(part, indices, target, width);
      else gatherLongs(part, indices, target, width);
    }
  };
}

function gatherFloats(part: Part, indices: Uint32Array, target: Float32Array, width: number): void {
  const { data, elements, at, factor, offset, table } = part;
  const verbatim = data instanceof Float32Array && factor === 1 && offset === 0 && elements > 1;
  for (let b = 0; b < indices.length; b++) {
    const from = indices[b]! * elements;
    const to = b * width + at;
    if (verbatim) target.set(data.subarray(from, from + elements), to);
    else if (table !== undefined) for (let i = 0; i < elements; i++) target[to + i] = table[data[from + i]!]!;
    else for (let i = 0; i < elements; i++) target[to + i] = data[from + i]! * factor + offset;
  }
}

function gatherIntegers(
  { data, elements, at }: Part,
  indices: Uint32Array,
  target: Int32Array,
  width: number,
): void {
  for (let b = 0; b < indices.length; b++) {
    const from = indices[b]! * elements;
    for (let i = 0; i < elements; i++) target[b * width + at + i] = data[from + i]!;
  }
}

function gatherLongs(
  { data, elements, at }: Part,
  indices: Uint32Array,
  target: BigInt64Array,
  width: number,
): void {
  for (let b = 0; b < indices.length; b++) {
    const from = indices[b]! * elements;
    for (let i = 0; i < elements; i++) target[b * width + at + i] = BigInt(data[from + i]!);
  }
}

function tableOf({ factor, offset }: BoundColumn, data: ColumnArray): Float32Array | undefined {
  if (!(data instanceof Uint8Array)) return undefined;
  return Float32Array.from({ length: 256 }, (_, x) => x * factor + offset);
}
