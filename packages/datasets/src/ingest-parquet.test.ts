import { decodeSafetensors } from '@descent/tensors';
import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFile } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { chunkRange, pageProblem } from './parquet-pages.ts';
import type { PagedColumn } from './parquet-values.ts';
import { scratchFile } from './scratch.fixture.ts';
import { unpackSnappy } from './snappy.ts';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

function parquet(columnData: Columns, rowGroupSize = 1000): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }));
}

async function failure(content: Uint8Array): Promise<string> {
  const sink = createMemoryArtifacts();
  const path = await scratchFile('x.parquet', content);
  const text = await failureOf(() => ingestFile({ path, sink }));
  expect(sink.size).toBe(0);
  return text;
}

const rows = 2500;
const numbers = Array.from({ length: rows }, (_, i) => i / 4);
const whole = Int32Array.from({ length: rows }, (_, i) => i - 1000);
const words = Array.from({ length: rows }, (_, i) => ['bee', 'ant', 'cat'][i % 3]!);
const plain = parquet([
  { name: 'x', data: numbers, type: 'DOUBLE' },
  { name: 'i', data: whole, type: 'INT32' },
  { name: 'k', data: words, type: 'STRING' },
]);

describe('ingesting Parquet', () => {
  it('reads row groups of numbers, texts, dates, booleans and missing values', async () => {
    const sink = createMemoryArtifacts();
    const path = await scratchFile('upload', plain);
    const manifest = await ingestFile({ path, sink });
    expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([['train', rows]]);
    expect(manifest.columns.map(({ name, dtype, classes }) => [name, dtype, classes])).toEqual([
      ['x', 'float32', undefined],
      ['i', 'int32', undefined],
      ['k', 'int32', ['ant', 'bee', 'cat']],
    ]);
    const { tensors } = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
    expect([...tensors.get('x')!.data]).toEqual(numbers);
    expect([...tensors.get('i')!.data]).toEqual([...whole]);
    expect([...tensors.get('k')!.data].slice(0, 4)).toEqual([1, 0, 2, 1]);
  });

  it('takes null and NaN for missing, and knows dates, booleans and 64-bit integers', async () => {
    const sink = createMemoryArtifacts();
    const path = await scratchFile(
      'x.parquet',
      parquet([
        { name: 'n', data: [1, Number.NaN, 3], type: 'DOUBLE' },
        { name: 'm', data: [null, 'a', 'b'], type: 'STRING', nullable: true },
        { name: 'day', data: [0, 1, 2].map((day) => new Date(day * 86_400_000)), type: 'TIMESTAMP' },
        { name: 'ok', data: [true, false, true], type: 'BOOLEAN' },
        { name: 'big', data: [1n, 2n, -3n], type: 'INT64' },
      ]),
    );
    const manifest = await ingestFile({ path, sink });
    expect(manifest.columns.map(({ name, dtype, kind, missing }) => [name, dtype, kind, missing])).toEqual([
      ['n', 'float32', undefined, 1],
      ['m', 'int32', undefined, 1],
      ['day', 'int32', 'date', undefined],
      ['ok', 'uint8', 'boolean', undefined],
      ['big', 'int32', undefined, undefined],
    ]);
    const { tensors } = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
    expect([...tensors.get('m')!.data]).toEqual([2, 0, 1]);
    expect([...tensors.get('day')!.data]).toEqual([0, 1, 2]);
    expect([...tensors.get('big')!.data]).toEqual([1, 2, -3]);
  });

  it('refuses nested columns by name', async () => {
    const schema: NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']> = [
      { name: 'root', num_children: 1 },
      { name: 'points', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'INT32', repetition_type: 'OPTIONAL' },
    ];
    const columnData = [{ name: 'points', data: [[1, 2], [3]] }];
    expect(await failure(new Uint8Array(parquetWriteBuffer({ columnData, schema })))).toBe(
      'PARQUET_INVALID: The Parquet file cannot be read: column "points" is nested (a list, map or struct)',
    );
  });

  const column: PagedColumn = {
    type: 'DOUBLE',
    typeLength: undefined,
    optional: false,
    unpack: unpackSnappy,
  };

  it('counts the values that pages claim before it unpacks them', () => {
    const { row_groups } = parquetMetadata(plain.slice().buffer);
    const { start, end } = chunkRange(row_groups[0]!.columns[0]!.meta_data!);
    const chunk = plain.slice(start, end);
    const problem = (bytes: Uint8Array, count: number) => pageProblem(bytes, count, column);
    expect(problem(chunk, 1000)).toBeUndefined();
    expect(problem(chunk, 999)).toContain('holds more values than its row group has rows (999)');
    expect(problem(chunk, 1001)).toBe('it holds 1000 values; its row group has 1001 rows');
    expect(problem(chunk.subarray(0, 100), 1000)).toContain('ends behind it');
  });

  it.each([
    [plain.subarray(0, 500), 'it does not end as a Parquet file'],
    [plain.subarray(0, 8), 'it is too short'],
    [Buffer.concat([plain.subarray(0, 4), plain.subarray(-8)]), 'its footer would have'],
    [Buffer.concat([plain.subarray(0, 4), plain.subarray(1500)]), ''],
  ])('refuses the truncated file %#', async (content, problem) => {
    expect(await failure(content)).toMatch(/^PARQUET_INVALID: The Parquet file cannot be read: /);
    expect(await failure(content)).toContain(problem);
  });

  it.each([
    ['more columns than it lists', 0x06, 'PARQUET_INVALID: The Parquet file cannot be read: '],
    ['less than none', 0x01, 'DATA_EMPTY: There are no samples in the file: it has no columns'],
  ])('refuses a footer whose schema promises %s', async (_, promised, problem) => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 2 },
      { name: 'a', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'b', type: 'INT32', repetition_type: 'REQUIRED' },
    ];
    const columnData = [
      { name: 'a', data: [1] },
      { name: 'b', data: [2] },
    ];
    const file = Buffer.from(parquetWriteBuffer({ columnData, schema }));
    // Thrift's compact protocol: a name of 4 bytes, then an i32 field one further on, zig-zag of 2.
    const promise = file.indexOf(Buffer.from([0x04, 0x72, 0x6f, 0x6f, 0x74, 0x15, 0x04]));
    expect(promise).toBeGreaterThan(0);
    file[promise + 6] = promised;
    expect(await failure(file)).toContain(problem);
  });

  it('a flipped byte in the pages or the footer never ends in anything but a named error', async () => {
    for (let at = 4; at < plain.byteLength; at += Math.ceil(plain.byteLength / 60)) {
      const damaged = plain.slice();
      damaged[at] = damaged[at]! ^ 0xff;
      const path = await scratchFile('x.parquet', damaged);
      const result = await ingestFile({ path, sink: createMemoryArtifacts() }).then(
        ({ splits }) => splits[0]!.count,
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      );
      expect([
        rows,
        'PARQUET_INVALID',
        'CELL_INVALID',
        'DATA_EMPTY',
        'COLUMN_NAME_INVALID',
        'COLUMN_VALUE_INVALID',
      ]).toContain(result);
    }
  });
});
