import { DescentError } from '@descent/errors';
import { type ColumnSource, joinColumns, type SplitSource } from './split-source.ts';

export interface ColumnPlace {
  readonly split: string;
  readonly column: string;
}

/** Each is a stream of its own while the file is read. */
const maxArrays = 1024;

/**
 * Splits of a file whose arrays have names: `column` is a column of `split`, `other.column` one of split `other`.
 * `open` is called for each in the given order. Throws COLUMN_NAME_INVALID, DATA_EMPTY, DATA_TOO_LARGE,
 * COLUMN_LENGTHS_DIFFER.
 */
export async function namedColumns(
  part: string,
  names: readonly string[],
  split: string,
  open: (name: string, place: ColumnPlace) => Promise<ColumnSource>,
): Promise<SplitSource[]> {
  if (names.length > maxArrays) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: `The number of arrays in ${part}`,
      actual: `${names.length}`,
      limit: `${maxArrays}`,
    });
  }
  const splits = new Map<string, ColumnSource[]>();
  for (const name of names) {
    const match = /^(?:([\w -]+)\.)?([\w -]+)$/.exec(name);
    if (match === null) {
      throw new DescentError('COLUMN_NAME_INVALID', {
        column: name,
        problem: 'it is not `column` or `split.column`',
      });
    }
    const place = { split: match[1] ?? split, column: match[2]! };
    const columns = splits.get(place.split) ?? [];
    if (columns.some(({ layout }) => layout.name === place.column)) {
      throw new DescentError('COLUMN_NAME_INVALID', {
        column: name,
        problem: `split "${place.split}" has it already`,
      });
    }
    columns.push(await open(name, place));
    splits.set(place.split, columns);
  }
  return joinSplits(part, splits);
}

/** Arrays of each split may stand in any order; columns have that of the first split. */
export function joinSplits(
  part: string,
  splits: ReadonlyMap<string, readonly ColumnSource[]>,
): SplitSource[] {
  const [first] = splits.values();
  if (first === undefined) throw new DescentError('DATA_EMPTY', { part });
  const order = first.map(({ layout }) => layout.name);
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...splits].map(([split, columns]) =>
    joinColumns(
      split,
      [...columns].sort((a, b) => rank(a.layout.name) - rank(b.layout.name)),
    ),
  );
}
