import { gzipSync } from 'node:zlib';
import { decodeSafetensors } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import type { CsvOptions } from './csv-dialect.ts';
import { failureOf } from './errors.fixture.ts';
import { ingestFile, ingestFiles } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';

async function ingest(content: string | Uint8Array, name = 'data.csv', options: CsvOptions = {}) {
  const sink = createMemoryArtifacts();
  const manifest = await ingestFile({ path: await scratchFile(name, content), sink, options });
  const shard = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
  const values = (column: string) => [...(shard.tensors.get(column)?.data ?? [])];
  return { manifest, values, sink };
}

async function failure(
  content: string | Uint8Array,
  name = 'data.csv',
  options: CsvOptions = {},
): Promise<string> {
  const sink = createMemoryArtifacts();
  const path = await scratchFile(name, content);
  const text = await failureOf(() => ingestFile({ path, sink, options }));
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
    expect(await failure('a,b\n1,"two\nlines"\n\n2,x\ny,x\n')).toBe(
      'CELL_INVALID: Row 5, column "a": "y" is not a number, and the column is numeric',
    );
  });

  it.each([
    [
      'a,b\n1,2\nInfinity,4\n',
      'CELL_INVALID: Row 3, column "a": "Infinity" is not a number, and the column is numeric',
    ],
    ['a,b\n1,2\n1e39,4\n', 'CELL_INVALID: Row 3, column "a": 1e39 is too large for float32'],
    [
      'a,b\nx\0y,2\nz,4\n',
      'FILE_FORMAT_UNKNOWN: The format of data.csv is not known: it is binary and starts like none of the known formats',
    ],
    ['a,b\n1"2,3\n', 'CSV_ROW_INVALID: Row 2: a quote stands inside an unquoted cell'],
    [
      Buffer.from('a,b\n1,2\n3,caf\xe9\n', 'latin1'),
      'TEXT_INVALID: The text cannot be read at byte 8: the line that starts there is not UTF-8; name the encoding of the file, for example `latin1`',
    ],
    ['a,b\n1,2\n3\n', 'CSV_ROW_INVALID: Row 3: it has 1 cells; the header names 2 columns'],
    ['a,b\n1,2\n3,4,5\n', 'CSV_ROW_INVALID: Row 3: it has 3 cells; the header names 2 columns'],
    ['a,b\n1,2\n3,"4\n', 'CSV_ROW_INVALID: Row 3: a quote opens and never closes'],
    [
      'a,b\n1,"2"x\n',
      'CSV_ROW_INVALID: Row 2: text follows a closing quote; write a quote inside quotes twice',
    ],
    ['a,a\n1,2\n', 'CSV_HEADER_INVALID: The header row cannot be used: "a" occurs twice'],
    ['a,\n1,2\n', 'CSV_HEADER_INVALID: The header row cannot be used: cell 2 is empty'],
    ['a,b\n', 'DATA_EMPTY: There are no samples in the file: only a header row was found'],
    ['', 'DATA_EMPTY: There are no samples in data.csv'],
    ['__metadata__\n1\n', 'COLUMN_NAME_INVALID: "__metadata__" cannot name a column: it is reserved'],
  ])('refuses %j', async (content, expected) => {
    expect(await failure(content)).toBe(expected);
  });

  it('keeps more than 10,000 categories as text, and refuses them where a category was asked for', async () => {
    const rows = Array.from({ length: 10_001 }, (_, i) => `näme${i}`);
    const content = `name\n${rows.join('\n')}\n`;
    const { manifest, values } = await ingest(content);
    expect(manifest.columns[0]).toMatchObject({ dtype: 'uint8', shape: [10], kind: 'text' });
    expect(Buffer.from(values('name').slice(0, 20).map(Number)).toString()).toBe(
      'näme0\0\0\0\0näme1\0\0\0\0',
    );
    expect(await failure(content, 'data.csv', { types: { name: 'category' } })).toBe(
      'DATA_TOO_LARGE: The number of categories in column "name" is more than 10000 (row 10002); the limit is 10000',
    );
  });

  it('finds delimiter, decimal comma and a missing header', async () => {
    const plain = await ingest('a,b\n1.5,2\n-0.25,4\n');
    for (const content of ['a;b\n1,5;2\n-0,25;4\n', 'a|b\n1.5|2\n-.25|4\n', 'a\tb\n1,5\t2\n-0,25\t4\n']) {
      expect((await ingest(content)).manifest.hash).toBe(plain.manifest.hash);
    }
    const bare = await ingest('1.5,2\n-0.25,4\n');
    expect(bare.manifest.columns.map(({ name }) => name)).toEqual(['column1', 'column2']);
    expect(bare.values('column1')).toEqual([1.5, -0.25]);
    const named = await ingest('1,2\n3,4\n', 'data.csv', { header: true });
    expect(named.manifest.columns.map(({ name }) => name)).toEqual(['1', '2']);
  });

  it('reads UTF-16 by its byte-order mark and Latin-1 when it is named', async () => {
    const text = 'größe,art\n1,süß\n2,herb\n';
    const { manifest } = await ingest(text);
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect((await ingest(little)).manifest.hash).toBe(manifest.hash);
    expect((await ingest(Buffer.from(little).swap16())).manifest.hash).toBe(manifest.hash);
    const latin = Buffer.from(text, 'latin1');
    expect((await ingest(latin, 'data.csv', { encoding: 'latin1' })).manifest.hash).toBe(manifest.hash);
    expect(await failure(little.subarray(0, little.byteLength - 1))).toContain('it is not UTF-16LE');
  });

  it('keeps missing numbers as NaN and missing categories as the last class', async () => {
    const { manifest, values } = await ingest('n,k,b\n1,x,true\n,NA,\nNA,a,false\n4,,true\n');
    expect(manifest.columns).toEqual([
      {
        name: 'n',
        dtype: 'float32',
        shape: [],
        missing: 2,
        statistics: { minimum: 1, maximum: 4, mean: 2.5, standardDeviation: 1.5 },
      },
      expect.objectContaining({ name: 'k', dtype: 'int32', missing: 2, classes: ['a', 'x', 'missing'] }),
      expect.objectContaining({ name: 'b', dtype: 'float32', missing: 1, kind: 'boolean' }),
    ]);
    expect(values('n')).toEqual([1, Number.NaN, Number.NaN, 4]);
    expect(values('k')).toEqual([1, 2, 0, 2]);
    expect(values('b')).toEqual([1, Number.NaN, 0, 1]);
  });

  it('takes a number for missing where it is named so, and a column may be missing altogether', async () => {
    const { manifest, values } = await ingest('a,b\n1,\n-999,\n', 'data.csv', { missing: ['-999'] });
    expect(values('a')).toEqual([1, Number.NaN]);
    expect(manifest.columns[1]).toMatchObject({
      missing: 2,
      statistics: { minimum: 0, maximum: 0, mean: 0, standardDeviation: 0 },
    });
  });

  it('turns dates into days since 1970', async () => {
    const { manifest, values } = await ingest(
      'day,time\n1970-01-02,2000-01-01T12:00:00Z\n2024-02-29,1969-12-31 18:00+06:00\n',
    );
    expect(manifest.columns.map(({ dtype, kind }) => [dtype, kind])).toEqual([
      ['int32', 'date'],
      ['float32', 'date'],
    ]);
    expect(values('day')).toEqual([1, 19_782]);
    expect(values('time')).toEqual([10_957.5, -0.5]);
  });

  it('takes the types that were asked for', async () => {
    const { manifest, values } = await ingest('id,flag,size\n07,1,2\n7,0,3\n', 'data.csv', {
      types: { id: 'category', flag: 'boolean', size: 'text' },
    });
    expect(manifest.columns.map(({ dtype, kind, classes }) => [dtype, kind, classes])).toEqual([
      ['int32', undefined, ['07', '7']],
      ['uint8', 'boolean', undefined],
      ['uint8', 'text', undefined],
    ]);
    expect(values('flag')).toEqual([1, 0]);
    expect(await failure('a\n1\n2.5\n', 'data.csv', { types: { a: 'integer' } })).toBe(
      'CELL_INVALID: Row 3, column "a": 2.5 is not an integer of 32 bits',
    );
    expect(await failure('a\n2024-02-28\n2024-02-30\n', 'data.csv', { types: { a: 'date' } })).toBe(
      'CELL_INVALID: Row 3, column "a": "2024-02-30" is not a date (YYYY-MM-DD, with a time or without)',
    );
    expect(await failure('a\n1\n', 'data.csv', { types: { b: 'text' } })).toContain('there is no column "b"');
  });

  it('reads the files of a data set with one list of classes', async () => {
    const sink = createMemoryArtifacts();
    const file = async (name: string, content: string, split: string) => ({
      path: await scratchFile(name, content),
      split,
    });
    const { manifest } = await ingestFiles({
      sink,
      files: [
        await file('train.csv', 'x,k\n1,b\n2,d\n', 'train'),
        await file('test.tsv', 'x\tk\n0.5\tc\n', 'test'),
        await file('more.csv', 'x;k\n3;a\n', 'train'),
      ],
    });
    expect(manifest.columns.map(({ dtype, classes }) => [dtype, classes])).toEqual([
      ['float32', undefined],
      ['int32', ['a', 'b', 'c', 'd']],
    ]);
    const train = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
    expect([...train.tensors.get('k')!.data]).toEqual([1, 3, 0]);
    expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([
      ['train', 3],
      ['test', 1],
    ]);
  });

  it('reads the same whatever the chunks: cells, quotes and line ends may straddle them', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},"a ""${i % 3}"" b",${(i / 7).toFixed(12)}`);
    const { manifest, sink } = await ingest(`n,k,x\r\n${rows.join('\r\n')}`);
    expect(manifest.splits[0]!.count).toBe(60_000);
    expect(manifest.columns[1]!.classes).toEqual(['a "0" b', 'a "1" b', 'a "2" b']);
    const last = decodeSafetensors(await sink.get(manifest.splits[0]!.shards.at(-1)!.hash));
    expect(last.tensors.get('n')!.data.at(-1)).toBe(59_999);
    expect(last.tensors.get('x')!.data.at(-1)).toBe(Math.fround(59_999 / 7));
  });

  it('refuses more columns and longer rows than it could hold', async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',');
    expect(await failure(`${names}\n`)).toBe(
      'CSV_HEADER_INVALID: The header row cannot be used: it names 100000 columns; at most 16384 are allowed',
    );
    expect(await failure(gzipSync(`a,b\n1,2\n"${'x'.repeat(40 * 1024 ** 2)}`))).toBe(
      'CSV_ROW_INVALID: Row 3: the row is longer than 16777216 bytes',
    );
  });

  it('refuses damaged gzip', async () => {
    const packed = gzipSync(`a\n${Array.from({ length: 20_000 }, (_, i) => i * 7919).join('\n')}`);
    expect(await failure(packed.subarray(0, packed.byteLength - 2000), 'data.csv.gz')).toContain(
      'the gzip data is damaged',
    );
  });

  it('cuts shards of 8 MB and keeps the order', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => i);
    const note = (i: number) => (i === 0 ? 'x'.repeat(2044) : '');
    const { manifest, sink } = await ingest(`a,note\n${rows.map((i) => `${i},${note(i)}`).join('\n')}\n`);
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
