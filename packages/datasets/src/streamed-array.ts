import { DescentError } from '@descent/errors';
import { type ArrayOf, type Dtype, elementCount } from '@descent/tensors';
import { columnDtypes, toColumn } from './array-column.ts';
import { createByteReader } from './byte-reader.ts';
import type { ColumnSource } from './split-source.ts';

/** An array in a file, row-major, whose first axis counts samples. */
export interface StreamedArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Of one element in the file. */
  readonly elementBytes: number;
  /** `bytes` is whole elements, in memory of its own. */
  readonly decode: (bytes: Buffer, elements: number) => ArrayOf[Dtype];
  /** The bytes of the elements from the first, called once per reading. More may follow them. */
  readonly open: () => AsyncIterable<Buffer>;
  /** The error for a file that ends within the array. */
  readonly cut: (problem: string) => DescentError;
}

const maxSampleBytes = 64 * 1024 ** 2;

/**
 * An array as a column, read a block at a time. Throws DATA_EMPTY, DATA_TOO_LARGE (a sample of more than 64 MiB); while
 * streaming COLUMN_VALUE_INVALID for an integer that does not fit into 32 bits, and what the array throws.
 */
export function streamedColumn(split: string, name: string, array: StreamedArray): ColumnSource {
  const [count = 0, ...shape] = array.shape;
  const elements = elementCount(shape);
  if (count === 0 || elements === 0) throw new DescentError('DATA_EMPTY', { part: `array "${name}"` });
  if (elements * array.elementBytes > maxSampleBytes) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: `A sample of array "${name}"`,
      actual: `${elements * array.elementBytes} bytes`,
      limit: `${maxSampleBytes} bytes`,
    });
  }
  return {
    layout: { name, dtype: columnDtypes[array.dtype], shape },
    count,
    async *blocks(blockSamples) {
      const reader = createByteReader(array.open());
      try {
        for (let start = 0; start < count; start += blockSamples) {
          const length = Math.min(blockSamples, count - start) * elements;
          const bytes = await reader.read(length * array.elementBytes);
          if (bytes.byteLength < length * array.elementBytes) {
            const whole = Math.floor(bytes.byteLength / elements / array.elementBytes);
            throw array.cut(`it ends before sample ${start + whole}`);
          }
          const place = (index: number) => ({
            split,
            column: name,
            sample: start + Math.floor(index / elements),
          });
          yield toColumn(array.decode(bytes, length), columnDtypes[array.dtype], place);
        }
        // What unpacks the array checks it at its end.
        await reader.read(1);
      } finally {
        await reader.close();
      }
    },
  };
}
