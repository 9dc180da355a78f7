import { gzipSync } from 'node:zlib';
import { decodeSafetensors } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFile } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';

async function ingest(content: string | Uint8Array, name = 'data.csv') {
  const sink = createMemoryArtifacts();
  const manifest = await ingestFile({ path: await scratchFile(name, content), sink });
  const shard = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
  const values = (column: string) => [...(shard.tensors.get(column)?.data ?? [])];
  return { manifest, values, sink };
}

async function failure(content: string | Uint8Array, name = 'data.csv'): Promise<string> {
  const sink = createMemoryArtifacts();
  const path = await scratchFile(name, content);
  const text = await failureOf(() => ingestFile({ path, sink }));
  expect(sink.size).toBe(0);
  return text;
}

describe('ingesting CSV', () => {
  it('makes integers int32, other numbers float32 and text sorted category codes', async () => {
    const { manifest, values } = await ingest(
      'length,count,kind\n1.5,3,setosa\n-2e1,-7,"lily, white"\n.25,+4,setosa\n',
    );
    expect(manifest.columns).toEqual([
      {
        name: 'length',
        dtype: 'float32',
        shape: [],
        statistics: {
          minimum: -20,
          maximum: 1.5,
          mean: -18.25 / 3,
          standardDeviation: expect.closeTo(9.853792, 6),
        },
      },
      {
        name: 'count',
        dtype: 'int32',
        shape: [],
        statistics: {
          minimum: -7,
          maximum: 4,
          mean: 0,
          standardDeviation: expect.closeTo(Math.sqrt(74 / 3), 10),
        },
      },
      {
        name: 'kind',
        dtype: 'int32',
        shape: [],
        statistics: {
          minimum: 0,
          maximum: 1,
          mean: 2 / 3,
          standardDeviation: expect.closeTo(Math.sqrt(2) / 3, 10),
        },
        classes: ['lily, white', 'setosa'],
      },
    ]);
    expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([['train', 3]]);
    expect(values('length')).toEqual([1.5, -20, 0.25]);
    expect(values('count')).toEqual([3, -7, 4]);
    expect(values('kind')).toEqual([1, 0, 1]);
  });

  it('gives the same hash whatever the line ends, byte-order mark or gzip', async () => {
    const { manifest } = await ingest('a,b\n1,2\n3,4\n');
    for (const content of ['\ufeffa,b\r\n1,2\r\n3,4', 'a,b\n\n1,2\n3,4\n\n', gzipSync('a,b\n1,2\n3,4\n')]) {
      expect((await ingest(content)).manifest.hash).toBe(manifest.hash);
    }
    expect((await ingest('a\tb\n1\t2\n3\t4\n', 'data.tsv')).manifest.hash).toBe(manifest.hash);
  });

  it('names row, column and value of a bad cell, and stores nothing', async () => {
    expect(await failure('a,b\n1,2\n3,oops\n5,6\n')).toBe(
      'CELL_INVALID: Row 3, column "b": "oops" is not a number, and the column is numeric',
    );
  });

  it('finds a bad cell far behind the sampled rows', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i},${i % 7}`);
    rows[4499] = 'x,1';
    expect(await failure(`a,b\n${rows.join('\n')}\n`)).toBe(
      'CELL_INVALID: Row 4501, column "a": "x" is not a number, and the column is numeric',
    );
  });

  it('counts blank lines and keeps quoted line breaks in one row', async () => {
    expect(await failure('a,b\n1,"two\nlines"\n\n,x\n')).toBe(
      'CELL_INVALID: Row 4, column "a": a value is missing',
    );
  });

  it.each([
    ['a,b\n1,2\nNaN,4\n', 'CELL_INVALID: Row 3, column "a": a value is missing (NaN)'],
    [
      'a,b\n1,2\nInfinity,4\n',
      'CELL_INVALID: Row 3, column "a": "Infinity" is not a number, and the column is numeric',
    ],
    ['a,b\n1,2\n1e39,4\n', 'CELL_INVALID: Row 3, column "a": 1e39 is too large for float32'],
    ['a,b\nx,2\n ,4\n', 'CELL_INVALID: Row 3, column "a": a value is missing'],
    ['a,b\n1,2\n3\n', 'CSV_ROW_INVALID: Row 3: it has 1 cells; the header names 2 columns'],
    ['a,b\n1,2\n3,4,5\n', 'CSV_ROW_INVALID: Row 3: it has 3 cells; the header names 2 columns'],
    ['a,b\n1,2\n3,"4\n', 'CSV_ROW_INVALID: Row 3: a quote opens and never closes'],
    [
      'a,b\n1,"2"x\n',
      'CSV_ROW_INVALID: Row 2: text follows a closing quote; write a quote inside quotes twice',
    ],
    ['a,a\n1,2\n', 'CSV_HEADER_INVALID: The header row cannot be used: "a" occurs twice'],
    ['a,\n1,2\n', 'CSV_HEADER_INVALID: The header row cannot be used: cell 2 is empty'],
    [
      '1,2\n3,4\n',
      'CSV_HEADER_INVALID: The header row cannot be used: it holds only numbers; the first row must name the columns',
    ],
    ['a,b\n', 'DATA_EMPTY: There are no samples in the file: only a header row was found'],
    ['', 'DATA_EMPTY: There are no samples in data.csv'],
    ['__metadata__\n1\n', 'COLUMN_NAME_INVALID: "__metadata__" cannot name a column: it is reserved'],
  ])('refuses %j', async (content, expected) => {
    expect(await failure(content)).toBe(expected);
  });

  it('refuses a text column with more than 10,000 categories', async () => {
    const rows = Array.from({ length: 10_001 }, (_, i) => `name${i}`);
    expect(await failure(`name\n${rows.join('\n')}\n`)).toBe(
      'DATA_TOO_LARGE: The number of categories in text column "name" is more than 10000 (row 10002); the limit is 10000',
    );
  });

  it('refuses damaged gzip', async () => {
    const packed = gzipSync(`a\n${Array.from({ length: 20_000 }, (_, i) => i * 7919).join('\n')}`);
    expect(await failure(packed.subarray(0, packed.byteLength - 2000), 'data.csv.gz')).toContain(
      'the gzip data is damaged',
    );
  });

  it('cuts shards of 4096 samples and keeps the order', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => i);
    const { manifest, sink } = await ingest(`a\n${rows.join('\n')}\n`);
    const { shards } = manifest.splits[0]!;
    expect(shards.map(({ count }) => count)).toEqual([4096, 4096, 1808]);
    const read: number[] = [];
    for (const { hash, bytes } of shards) {
      const content = await sink.get(hash);
      expect(content.byteLength).toBe(bytes);
      read.push(...(decodeSafetensors(content).tensors.get('a')!.data as Int32Array));
    }
    expect(read).toEqual(rows);
    expect(manifest.columns[0]!.statistics.mean).toBeCloseTo(4999.5, 9);
    expect(manifest.columns[0]!.statistics.standardDeviation).toBeCloseTo(
      Math.sqrt((10_000 ** 2 - 1) / 12),
      9,
    );
  });
});
