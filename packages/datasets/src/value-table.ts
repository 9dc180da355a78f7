import { DescentError } from '@descent/errors';
import { allocateColumn, bytesPerSample } from './column.ts';
import type { TableFile } from './table.ts';
import { inferValueType, learnValue, type RowValue, storeValue } from './value-column.ts';

export interface ValueRow {
  readonly row: number;
  /** In the order of the names. */
  readonly values: readonly RowValue[];
}

export const sampleRows = 1000;
const blockBytes = 4 * 1024 ** 2;
const maxBlockRows = 1024;

/** A table whose rows are typed values; `rows` is called for every pass. */
export function valueTable(names: readonly string[], rows: () => AsyncIterable<ValueRow>): TableFile {
  return {
    names,
    async infer() {
      const sample: ValueRow[] = [];
      for await (const row of rows()) if (sample.push(row) === sampleRows) break;
      if (sample.length === 0) throw new DescentError('DATA_EMPTY', { part: 'the file' });
      return names.map((_, c) => ({
        type: inferValueType(sample.map(({ values }) => values[c])),
        whole: false,
        // Rows of values are always learned first: reading them twice is not what takes long.
        missing: true,
      }));
    },
    async learn(columns) {
      for await (const { row, values } of rows()) {
        for (const [c, column] of columns.entries()) learnValue(column, values[c], row);
      }
    },
    async *blocks(columns, layouts) {
      const size = Math.max(1, Math.min(maxBlockRows, Math.floor(blockBytes / bytesPerSample(layouts))));
      const allocate = () =>
        layouts.map(({ dtype, shape }) => allocateColumn(dtype, size * shape.reduce((a, b) => a * b, 1)));
      let data = allocate();
      let count = 0;
      for await (const { row, values } of rows()) {
        for (const [c, column] of columns.entries()) {
          storeValue(column, layouts[c]!, values[c], row, data[c]!, count);
        }
        if (++count < size) continue;
        yield { count, data };
        data = allocate();
        count = 0;
      }
      if (count > 0) yield { count, data };
    },
  };
}
