import { readFile, stat } from 'node:fs/promises';
import { DescentError } from '@descent/errors';
import { decodeNpy, readNpz } from '@descent/tensors';
import { arrayColumn } from './array-column.ts';
import { type ColumnSource, joinColumns, type SplitSource } from './split-source.ts';

/** NPY and NPZ are read whole: their arrays may be in Fortran order, and a zip has no cheap seek. */
const maxArrayBytes = 2 * 1024 ** 3;

/** The key `column` is a column of split `train`; `split.column` is one of that split. */
export async function readNpzSplits(path: string): Promise<SplitSource[]> {
  const splits = new Map<string, ColumnSource[]>();
  for (const [key, array] of await readNpz(path, { maxBytes: maxArrayBytes })) {
    const match = /^(?:([\w -]+)\.)?([\w -]+)$/.exec(key);
    if (match === null) {
      throw new DescentError('COLUMN_NAME_INVALID', {
        column: key,
        problem: 'it is not `column` or `split.column`',
      });
    }
    const [, split = 'train', column] = match;
    const columns = splits.get(split) ?? [];
    if (columns.some(({ layout }) => layout.name === column)) {
      throw new DescentError('COLUMN_NAME_INVALID', {
        column: key,
        problem: `split "${split}" has it already`,
      });
    }
    columns.push(arrayColumn(split, column!, array));
    splits.set(split, columns);
  }
  if (splits.size === 0) throw new DescentError('DATA_EMPTY', { part: 'the archive' });
  // Arrays of each split may stand in any order; columns have one.
  const order = [...splits.values()][0]!.map(({ layout }) => layout.name);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...splits].map(([split, columns]) =>
    joinColumns(
      split,
      columns.sort((a, b) => rank(a.layout.name) - rank(b.layout.name)),
    ),
  );
}

/** One array: the column `column` of the split. */
export async function readNpySplits(path: string, split: string, column: string): Promise<SplitSource[]> {
  const { size } = await stat(path);
  if (size > maxArrayBytes) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: 'The NPY file',
      actual: `${size} bytes`,
      limit: `${maxArrayBytes} bytes`,
    });
  }
  return [joinColumns(split, [arrayColumn(split, column, decodeNpy(await readFile(path), column))])];
}
