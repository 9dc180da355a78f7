import { DescentError } from '@descent/errors';
import type { ColumnLayout } from './column.ts';
import { type ColumnType, finishColumn, type LearnedColumn, learnedColumn } from './learned-column.ts';
import type { SampleBlock, SplitSource } from './split-source.ts';

/** Types that somebody asked for, by column. */
export type ColumnTypes = Readonly<Record<string, ColumnType>>;

/** What the first rows say of a column. */
export interface InferredColumn {
  readonly type: LearnedColumn['type'];
  /** Whether all numbers are integers of 32 bits. */
  readonly whole: boolean;
  /** Whether a value is missing. */
  readonly missing: boolean;
}

/** A file of rows with named columns whose types are found by reading it. Rows are counted as the file does. */
export interface TableFile {
  readonly names: readonly string[];
  /** What the first rows suggest, in the order of the names. */
  infer(): Promise<InferredColumn[]>;
  /** First pass: checks every value, so that none can fail after the first shard was stored. */
  learn(columns: readonly LearnedColumn[]): Promise<void>;
  /**
   * Second pass. The arrays of a block may be used again for the next one. `check` is called after each part that was
   * learned in the same pass; without it, everything was learned before.
   */
  blocks(
    columns: readonly LearnedColumn[],
    layouts: readonly ColumnLayout[],
    check?: () => void,
  ): AsyncIterable<SampleBlock>;
}

/** Thrown while a table is read in one pass on a guess that turned out wrong; it never leaves `ingestFiles`. */
export class WrongGuess extends Error {}

export interface TablePart {
  readonly split: string;
  readonly table: TableFile;
  readonly types: ColumnTypes;
}

/**
 * Files with the same columns, as splits; types and category codes hold for all of them. Files of the same split
 * follow each other in the given order. With `guess`, a table of numbers is read in one pass instead of two, as long as
 * no value is missing and integer columns of the first rows stay integer; else reading throws WrongGuess.
 * Throws SPLITS_DIFFER, REQUEST_INVALID, and what the files throw.
 */
export async function tableSplits(
  parts: readonly TablePart[],
  { guess = false } = {},
): Promise<SplitSource[]> {
  const [first, ...others] = parts;
  if (first === undefined) throw new DescentError('DATA_EMPTY', { part: 'the data set' });
  const { names } = first.table;
  for (const { split, table } of others) checkNames(first.split, names, split, table.names);
  const types: ColumnTypes = Object.assign({}, ...parts.map((part) => part.types));
  for (const column of Object.keys(types)) {
    if (names.includes(column)) continue;
    const problem = `there is no column "${column}"`;
    throw new DescentError('REQUEST_INVALID', { path: `types.${column}`, problem });
  }
  const asked = new Map(Object.entries(types));
  const inferred = await first.table.infer();
  const columns = names.map((name, c) =>
    learnedColumn(name, asked.get(name) ?? inferred[c]!.type, asked.has(name), names.length),
  );
  const guessed = guess ? guessLayouts(columns, inferred) : undefined;
  if (guessed === undefined) for (const { table } of parts) await table.learn(columns);
  const layouts = guessed ?? columns.map(finishColumn);
  const check =
    guessed === undefined
      ? undefined
      : () => {
          for (const [c, { missing, whole }] of columns.entries()) {
            if (missing > 0 || (!whole && layouts[c]!.dtype === 'int32')) throw new WrongGuess();
          }
        };
  const splits = [...new Set(parts.map(({ split }) => split))];
  return splits.map((name) => ({
    name,
    columns: layouts,
    async *blocks() {
      for (const { split, table } of parts) if (split === name) yield* table.blocks(columns, layouts, check);
    },
  }));
}

/** Layouts of a table of numbers without gaps as its first rows suggest them; undefined for any other table. */
function guessLayouts(
  columns: readonly LearnedColumn[],
  inferred: readonly InferredColumn[],
): ColumnLayout[] | undefined {
  const numbers = columns.every(
    ({ type }, c) => (type === 'number' || type === 'integer') && !inferred[c]!.missing,
  );
  if (!numbers) return undefined;
  return columns.map(({ name, type }, c) => ({
    name,
    dtype: type === 'integer' || inferred[c]!.whole ? 'int32' : 'float32',
    shape: [],
  }));
}

function checkNames(first: string, names: readonly string[], split: string, others: readonly string[]): void {
  const lost = names.find((name, c) => others[c] !== name);
  const extra = others[names.length];
  if (lost === undefined && extra === undefined) return;
  const problem =
    lost === undefined
      ? `column "${extra}" is only there`
      : others.includes(lost)
        ? `column "${lost}" stands at another place there`
        : `column "${lost}" is missing there`;
  throw new DescentError('SPLITS_DIFFER', { split, first, problem });
}
