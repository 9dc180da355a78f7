import { elementCount } from '@descent/tensors';
import { allocateColumn, type ColumnArray, type ColumnLayout } from '../column.ts';
import { type ColumnSource, joinColumns, type SplitSource } from '../split-source.ts';

/** A column whose values are in memory, as it is read from a file. */
export interface MemoryColumn {
  readonly layout: ColumnLayout;
  readonly data: ColumnArray;
}

export function memorySplit(name: string, columns: readonly MemoryColumn[]): SplitSource {
  return joinColumns(name, columns.map(columnSource));
}

function columnSource({ layout, data }: MemoryColumn): ColumnSource {
  const elements = elementCount(layout.shape);
  const count = data.length / elements;
  return {
    layout,
    count,
    async *blocks(blockSamples) {
      for (let start = 0; start < count; start += blockSamples) {
        yield data.subarray(start * elements, Math.min(count, start + blockSamples) * elements);
      }
    },
  };
}

/** float32; null is missing. */
export function numberColumn(name: string, values: readonly (number | null)[]): MemoryColumn {
  const missing = values.filter((value) => value === null).length;
  return {
    layout: { name, dtype: 'float32', shape: [], ...(missing === 0 ? {} : { missing }) },
    data: Float32Array.from(values, (value) => value ?? Number.NaN),
  };
}

/** Codes of the texts in sorted order; null is the last class. `known` fixes the classes and their order. */
export function categoryColumn(
  name: string,
  values: readonly (string | null)[],
  known?: readonly string[],
): MemoryColumn {
  const texts = known ?? [...new Set(values.filter((value) => value !== null))].sort();
  const missing = values.filter((value) => value === null).length;
  const classes = missing === 0 ? [...texts] : [...texts, 'missing'];
  const codes = new Map(classes.map((text, code) => [text, code]));
  return {
    layout: { name, dtype: 'int32', shape: [], classes, ...(missing === 0 ? {} : { missing }) },
    data: Int32Array.from(values, (value) => codes.get(value ?? 'missing')!),
  };
}

/** UTF-8 of at most `length` bytes, zeros behind the last. */
export function textColumn(name: string, texts: readonly string[], length: number): MemoryColumn {
  const data = allocateColumn('uint8', texts.length * length) as Uint8Array;
  const encoder = new TextEncoder();
  texts.forEach((text, index) => {
    encoder.encodeInto(text, data.subarray(index * length, (index + 1) * length));
  });
  return { layout: { name, dtype: 'uint8', shape: [length], kind: 'text' }, data };
}

export function imageColumn(name: string, shape: readonly number[], data: Uint8Array): MemoryColumn {
  return { layout: { name, dtype: 'uint8', shape: [...shape] }, data };
}

/** The same classes in several splits. */
export function splitsOf<Row>(
  rows: Readonly<Record<string, readonly Row[]>>,
  columns: (rows: readonly Row[]) => readonly MemoryColumn[],
): SplitSource[] {
  return Object.entries(rows).map(([name, part]) => memorySplit(name, columns(part)));
}
