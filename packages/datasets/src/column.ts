import type { Column, ColumnDtype } from '@descent/contracts';
import { elementCount } from '@descent/tensors';

/** What a column is before its values are known. A float32 column may hold NaN only where `missing` says so. */
export type ColumnLayout = Pick<
  Column,
  'name' | 'dtype' | 'shape' | 'classes' | 'kind' | 'missing' | 'tokenizer'
>;

/** Values of one column, sample after sample, each in row-major order. */
export type ColumnArray = Float32Array | Int32Array | Uint8Array;

export function allocateColumn(dtype: ColumnDtype, length: number): ColumnArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'uint8':
      return new Uint8Array(length);
    default:
      return dtype satisfies never;
  }
}

export function bytesPerSample(columns: readonly ColumnLayout[]): number {
  return columns.reduce(
    (sum, { dtype, shape }) => sum + elementCount(shape) * (dtype === 'uint8' ? 1 : 4),
    0,
  );
}
