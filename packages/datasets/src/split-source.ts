import type { DataFinding } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { bytesPerSample, type ColumnArray, type ColumnLayout } from './column.ts';

/** Consecutive samples of every column; `data` is in the order of the columns. */
export interface SampleBlock {
  readonly count: number;
  readonly data: readonly ColumnArray[];
}

/** A split as a reader delivers it: the columns are known, the samples stream in blocks of any size. */
export interface SplitSource {
  readonly name: string;
  readonly columns: readonly ColumnLayout[];
  readonly blocks: () => AsyncIterable<SampleBlock>;
  /** What reading found beside the samples; asked after the last block. */
  readonly findings?: () => DataFinding[];
}

/** One column of a split whose length is known from its header. */
export interface ColumnSource {
  readonly layout: ColumnLayout;
  readonly count: number;
  /** Blocks of `blockSamples` samples, the last one smaller. */
  readonly blocks: (blockSamples: number) => AsyncIterable<ColumnArray>;
}

const maxBlockSamples = 1024;
const maxBlockBytes = 4 * 1024 ** 2;

/** Puts columns of equal length side by side. Throws COLUMN_LENGTHS_DIFFER. */
export function joinColumns(split: string, sources: readonly ColumnSource[]): SplitSource {
  const [first] = sources;
  if (first === undefined) throw new DescentError('DATA_EMPTY', { part: `split "${split}"` });
  for (const { layout, count } of sources) {
    if (count !== first.count) {
      throw new DescentError('COLUMN_LENGTHS_DIFFER', {
        split,
        column: layout.name,
        actual: count,
        first: first.layout.name,
        expected: first.count,
      });
    }
  }
  const columns = sources.map(({ layout }) => layout);
  const blockSamples = Math.max(
    1,
    Math.min(maxBlockSamples, Math.floor(maxBlockBytes / bytesPerSample(columns))),
  );
  return {
    name: split,
    columns,
    async *blocks() {
      const streams = sources.map((source) => source.blocks(blockSamples)[Symbol.asyncIterator]());
      try {
        for (let start = 0; start < first.count; start += blockSamples) {
          const data: ColumnArray[] = [];
          for (const stream of streams) data.push((await stream.next()).value as ColumnArray);
          yield { count: Math.min(blockSamples, first.count - start), data };
        }
        // Runs each source to its end, where it checks that nothing is left over.
        for (const stream of streams) await stream.next();
      } finally {
        for (const stream of streams) await stream.return?.();
      }
    },
  };
}
