import type { ColumnDtype } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Dtype, elementCount, type Tensor } from '@descent/tensors';
import { allocateColumn, type ColumnArray } from './column.ts';
import type { ColumnSource } from './split-source.ts';

/** What the elements of an array become in a column. */
export const columnDtypes = {
  float32: 'float32',
  float64: 'float32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'uint8',
  bool: 'uint8',
} as const satisfies Record<Dtype, ColumnDtype>;

/**
 * An array in memory whose first axis counts samples, as a column. Throws DATA_EMPTY; while streaming
 * COLUMN_VALUE_INVALID for an integer that does not fit into 32 bits.
 */
export function arrayColumn(split: string, name: string, { dtype, shape, data }: Tensor): ColumnSource {
  const [count = 0, ...sampleShape] = shape;
  const elements = elementCount(sampleShape);
  if (count === 0 || elements === 0) throw new DescentError('DATA_EMPTY', { part: `array "${name}"` });
  const layout = { name, dtype: columnDtypes[dtype], shape: sampleShape };
  return {
    layout,
    count,
    async *blocks(blockSamples) {
      for (let start = 0; start < count; start += blockSamples) {
        const part = data.subarray(start * elements, Math.min(count, start + blockSamples) * elements);
        yield toColumn(part, layout.dtype, (index) => ({
          split,
          column: name,
          sample: start + Math.floor(index / elements),
        }));
      }
    },
  };
}

/** Elements of an array as those of a column; `place` names one of them in COLUMN_VALUE_INVALID. */
export function toColumn(
  data: Tensor['data'],
  dtype: ColumnDtype,
  place: (index: number) => { split: string; column: string; sample: number },
): ColumnArray {
  if (data instanceof BigInt64Array) return narrow(data, place);
  if (!(data instanceof Float64Array)) return data;
  const column = allocateColumn(dtype, data.length);
  column.set(data);
  return column;
}

function narrow(
  part: BigInt64Array,
  place: (index: number) => { split: string; column: string; sample: number },
): ColumnArray {
  const column = new Int32Array(part.length);
  for (let i = 0; i < part.length; i++) {
    column[i] = Number(part[i]);
    if (BigInt(column[i]!) !== part[i]) {
      throw new DescentError('COLUMN_VALUE_INVALID', {
        ...place(i),
        problem: `${part[i]} does not fit into a 32-bit integer`,
      });
    }
  }
  return column;
}
