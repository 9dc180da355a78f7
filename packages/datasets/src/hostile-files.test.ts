import { truncate } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { DataFormat } from '@descent/contracts';
import { encodeNpy, encodeNpz, encodeSafetensors, tensor } from '@descent/tensors';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFile } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';
import { unpackSnappy } from './snappy.ts';
import { tarOf } from './tar.fixture.ts';

/**
 * What goes wrong on purpose, reader by reader: each file ends with a named error that says where, before anything is stored.
 * Time is the limit of a test. What a reader's own tests beside it show is not repeated here.
 */
const many = 100_000;
const gigabyte = 1024 ** 3;
const column = tensor('float32', [2], Float32Array.of(1, 2));

async function refusal(
  name: string,
  content: Uint8Array | string,
  { format, bytes }: { format?: DataFormat; bytes?: number } = {},
): Promise<string> {
  const path = await scratchFile(name, content);
  // Filled up with zeros that take no room on the disk.
  if (bytes !== undefined) await truncate(path, bytes);
  const sink = createMemoryArtifacts();
  const text = await failureOf(() => ingestFile({ path, sink, ...(format === undefined ? {} : { format }) }));
  expect(sink.size).toBe(0);
  return text;
}

describe('a line of a gigabyte', () => {
  it.each([
    [
      'a.csv',
      `a,b\n1,2\n3,${'x'.repeat(5000)}`,
      'CSV_ROW_INVALID: Row 3: the row is longer than 16777216 bytes',
    ],
    [
      'a.csv',
      `a,b\n1,2\n3,"${'x'.repeat(5000)}`,
      'CSV_ROW_INVALID: Row 3: the row is longer than 16777216 bytes',
    ],
    [
      'a.tsv',
      `a\tb\n1\t${'x'.repeat(5000)}`,
      'CSV_ROW_INVALID: Row 2: the row is longer than 16777216 bytes',
    ],
    ['a.csv', 'x'.repeat(5000), 'CSV_ROW_INVALID: Row 1: the row is longer than 16777216 bytes'],
    [
      'a.jsonl',
      `{"a":1}\n{"a":"${'x'.repeat(5000)}`,
      'JSON_LINE_INVALID: Line 2: it is longer than 16777216 bytes',
    ],
    ['a.txt', 'x'.repeat(5000), 'TEXT_INVALID: The text cannot be read at byte 5000: it holds a NUL byte'],
  ])('in %s', async (name, content, expected) => {
    expect(await refusal(name, content, { bytes: gigabyte })).toBe(expected);
  });
});

describe('a hundred thousand columns', () => {
  const names = Array.from({ length: many }, (_, i) => `c${i}`);
  it('of JSON Lines', async () => {
    const fields = names.map((name) => `"${name}":1`).join(',');
    expect(await refusal('a.jsonl', `{${fields}}\n`)).toBe(
      'JSON_LINE_INVALID: Line 1: the objects have more than 16384 fields',
    );
  });
  it('of Parquet', async () => {
    const columnData = names.slice(0, 17_000).map((name) => ({ name, data: [1], type: 'INT32' as const }));
    expect(await refusal('a.parquet', new Uint8Array(parquetWriteBuffer({ columnData })))).toBe(
      'PARQUET_INVALID: The Parquet file cannot be read: it has 17000 columns; at most 16384 are allowed',
    );
  });
  it('of NPZ', async () => {
    const npy = encodeNpy(column);
    const files = Object.fromEntries(names.map((name) => [`${name}.npy`, npy]));
    expect(await refusal('a.npz', zipSync(files, { level: 0 }))).toBe(
      'ARCHIVE_REFUSED: The archive is refused: it has 34464 entries; at most 4096 are allowed',
    );
  });
  it('of safetensors', async () => {
    expect(await refusal('a.safetensors', encodeSafetensors(names.map((name) => [name, column])))).toBe(
      'DATA_TOO_LARGE: The number of arrays in the file is 100000; the limit is 1024',
    );
  });
});

/** An NPY file of a header of one's own. */
function npy(header: string, data = Buffer.alloc(8)): Buffer {
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0, 0]);
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header), data]);
}
const npyHeader = (descr: string, shape: string) =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`;

/** A safetensors file of a header of one's own. */
function safetensors(header: object, bytes = 8): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  return Buffer.concat([length, json, Buffer.alloc(bytes)]);
}

describe('shapes and headers that claim what is not there', () => {
  it.each<[string, string, Uint8Array, string]>([
    [
      'an NPY shape beyond 2^53',
      'a.npy',
      npy(npyHeader("'<f4'", '(4294967296, 4294967296)')),
      'NPY_INVALID: Array "value" cannot be read: its shape is not a list of sizes',
    ],
    [
      'a negative NPY shape',
      'a.npy',
      npy(npyHeader("'<f4'", '(-1, 4)')),
      'NPY_INVALID: Array "value" cannot be read: its header is not a dictionary of descr, fortran_order and shape',
    ],
    [
      'an NPY shape whose product overflows to what is there',
      'a.npy',
      npy(npyHeader("'<f4'", '(2, 9223372036854775809)')),
      'NPY_INVALID: Array "value" cannot be read: its shape is not a list of sizes',
    ],
    [
      'an NPY sample of a terabyte',
      'a.npy',
      npy(npyHeader("'<f4'", '(2, 274877906944)')),
      'NPY_INVALID: Array "value" cannot be read: 549755813888 elements need 2199023255552 bytes; 8 follow the header',
    ],
    [
      'an NPY header of 64 KiB',
      'a.npy',
      npy(`{${' '.repeat(65_000)}`),
      'NPY_INVALID: Array "value" cannot be read: its header claims 65001 bytes; at most 10000 are allowed',
    ],
    [
      'an NPY header that is Python',
      'a.npy',
      npy('__import__("os").system("x")\n'),
      'NPY_INVALID: Array "value" cannot be read: its header is not a dictionary of descr, fortran_order and shape',
    ],
    [
      'objects in NPY',
      'a.npy',
      npy(npyHeader("'|O'", '(1,)')),
      'NPY_OBJECT_ARRAY: Array "value" holds Python objects (dtype |O); reading them would run pickle code',
    ],
    [
      'records with objects in NPY',
      'a.npy',
      npy(npyHeader("[('a', '|O'), ('b', '<f4')]", '(1,)')),
      'NPY_INVALID: Array "value" cannot be read: it has named fields (a structured dtype); save one array per field',
    ],
    [
      'objects in NPZ',
      'a.npz',
      zipSync({ 'x.npy': npy(npyHeader("'|O'", '(1,)')) }),
      'NPY_OBJECT_ARRAY: Array "x" holds Python objects (dtype |O); reading them would run pickle code',
    ],
    [
      'an NPZ shape beyond 2^53',
      'a.npz',
      zipSync({ 'x.npy': npy(npyHeader("'<f8'", '(4503599627370496, 4096)')) }),
      'NPY_INVALID: Array "x" cannot be read: its shape is not a list of sizes',
    ],
    [
      'a path out of NPZ',
      'a.npz',
      zipSync({ '../x.npy': encodeNpy(column) }),
      'ARCHIVE_REFUSED: The archive is refused: invalid relative path: ../x.npy',
    ],
    [
      'no array in NPZ',
      'a.npz',
      zipSync({ 'x.npy': encodeNpy(column), 'run.exe': Buffer.from('MZ') }),
      'ARCHIVE_REFUSED: The archive is refused: entry "run.exe" is not an .npy array',
    ],
    [
      'an NPZ cut short',
      'a.npz',
      encodeNpz([['x', column]]).subarray(0, 60),
      'ARCHIVE_REFUSED: The archive is refused: End of central directory record signature not found. Either not a zip file, or file is truncated.',
    ],
    [
      'a safetensors shape beyond 2^53',
      'a.safetensors',
      safetensors({ x: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 8] } }),
      'SAFETENSORS_INVALID: The safetensors file cannot be read: the shape of tensor "x" is not a list of sizes',
    ],
    [
      'a safetensors shape that does not fit its bytes',
      'a.safetensors',
      safetensors({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }),
      'SAFETENSORS_INVALID: The safetensors file cannot be read: tensor "x" of 3 float32 elements needs 12 bytes; its offsets span 8',
    ],
    [
      'safetensors that share bytes',
      'a.safetensors',
      safetensors({
        x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        y: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      }),
      'SAFETENSORS_INVALID: The safetensors file cannot be read: tensor "y" overlaps the one before it',
    ],
    [
      'safetensors out of the file',
      'a.safetensors',
      safetensors({ x: { dtype: 'F32', shape: [2], data_offsets: [8, 16] } }),
      'SAFETENSORS_INVALID: The safetensors file cannot be read: there is a gap of 8 bytes before tensor "x"',
    ],
    [
      'a Parquet footer of 4 GiB',
      'a.parquet',
      Buffer.from('PAR1\0\0\0\0\xff\xff\xff\xffPAR1', 'latin1'),
      'PARQUET_INVALID: The Parquet file cannot be read: its footer would have 4294967295 bytes',
    ],
    [
      'a Parquet run of far more values than its page has',
      'a.parquet',
      Buffer.from(endlessParquet(), 'base64'),
      'PARQUET_INVALID: The Parquet file cannot be read: column "b": the page at byte 0 of its chunk is damaged: its levels end outside of it',
    ],
  ])('%s', async (_what, name, content, expected) => {
    expect(await refusal(name, content)).toBe(expected);
  });
});

describe('bombs', () => {
  const growth = /^ARCHIVE_REFUSED: The archive is refused: it would grow to more than \d+ bytes$/;
  const range = Array.from({ length: 1000 }, (_, i) => i);
  const bomb = (head: string, row: string) => {
    const member = gzipSync(`${row}\n`.repeat(Math.ceil((8 * 1024 ** 2) / row.length)));
    return Buffer.concat([gzipSync(head), ...Array.from({ length: 64 }, () => member)]);
  };
  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    [
      'a.csv.gz',
      () => bomb(`k,${range.map((i) => `c${i}`)}\n`, `a,${range.map(() => '1.5')}`),
      expect.stringMatching(growth),
    ],
    ['a.jsonl.gz', () => bomb('', `{"a":1}${' '.repeat(4000)}`), expect.stringMatching(growth)],
    [
      'images.zip',
      async () => zipSync({ 'a/1.png': await png(), 'a/2.png': Buffer.alloc(80 * 1024 ** 2) }),
      'ARCHIVE_REFUSED: The archive is refused: "a/2.png" has 83886080 bytes; at most 67108864 are allowed',
    ],
    [
      'images.tar.gz',
      async () =>
        gzipSync(
          await tarOf([
            { name: 'a/1.png', content: await png() },
            ...Array.from({ length: 4 }, (_, i) => ({
              name: `a/x${i}.png`,
              content: Buffer.alloc(40 * 1024 ** 2),
            })),
          ]),
        ),
      expect.stringMatching(growth),
    ],
    [
      'a.npz',
      () => zipSync({ 'x.npy': npy(npyHeader("'|u1'", '(209715200,)'), Buffer.alloc(200 * 1024 ** 2)) }),
      expect.stringMatching(/would grow from \d+ to 209715276 bytes$/),
    ],
  ])('%s', { timeout: 60_000 }, async (name, content, expected) => {
    expect(await refusal(name, await content())).toEqual(expected);
  });
});

const png = () =>
  sharp(Buffer.from([0, 80, 160, 255]), { raw: { width: 2, height: 2, channels: 1 } })
    .png()
    .toBuffer();

describe('texts in two encodings, and NUL bytes', () => {
  it.each<[string, string, Uint8Array, string]>([
    [
      'UTF-16 with half a character',
      'a.csv',
      Buffer.concat([Buffer.from('\ufeffa,b\n1,2\n3,', 'utf16le'), Buffer.from([0x00, 0xd8, 0x31, 0x00])]),
      'TEXT_INVALID: The text cannot be read at byte 22: it is not UTF-16LE',
    ],
    [
      'UTF-8 that goes on as UTF-16',
      'a.csv',
      Buffer.concat([Buffer.from(`a,b\n${'1,2\n'.repeat(2000)}`), Buffer.from('3,4\n', 'utf16le')]),
      'CELL_INVALID: Row 2002, column "a": "3\0" is not a number, and the column is numeric',
    ],
    [
      'a NUL byte in a number',
      'a.csv',
      Buffer.from(`a,b\n${'1,2\n'.repeat(2000)}3,4\0\n`),
      'CELL_INVALID: Row 2002, column "b": "4\0" is not a number, and the column is numeric',
    ],
    [
      'a NUL byte in a category',
      'a.csv',
      Buffer.from(`a,b\n${'x,2\n'.repeat(2000)}x\0y,2\n`),
      'CELL_INVALID: Row 2002, column "a": it holds a NUL byte',
    ],
    [
      'Latin-1 behind UTF-8',
      'a.jsonl',
      Buffer.concat([Buffer.from('{"a":"é"}\n'), Buffer.from('{"a":"é"}\n', 'latin1')]),
      'TEXT_INVALID: The text cannot be read at byte 11: line 2 is not UTF-8',
    ],
    [
      'a NUL byte between objects',
      'a.jsonl',
      Buffer.from(`${'{"a":1}\n'.repeat(1000)}\0\n`),
      'JSON_LINE_INVALID: Line 1001: it is not JSON; every line must be one whole object',
    ],
  ])('%s', async (_what, name, content, expected) => {
    expect(await refusal(name, content)).toBe(expected);
  });
});

it('Snappy data is read forward only, whatever it claims', () => {
  const damaged =
    (...bytes: number[]) =>
    () =>
      unpackSnappy(Uint8Array.from(bytes), 4);
  // One literal byte, then a copy of three from one byte back.
  expect([...unpackSnappy(Uint8Array.of(4, 0, 65, 10, 1, 0), 4)]).toEqual([65, 65, 65, 65]);
  expect(damaged(4, 0xfc, 0xfa, 0xff, 0xff, 0xff, 1)).toThrow('ends outside of it');
});

/** A column of three values whose levels say that 2^28 follow. */
function endlessParquet(): string {
  return 'UEFSMRUGFRwVIFwVBhUAFQYVABUEFQAAAAMHDCwBAAAAAgAAAAMAAAAVBhUiFSZcFQYVDQAVBhUAFQQVAAAAAwcPOAEAAAB4AQAAAHkBAAAAeBUEGTxIBHJvb3QVBAAVAiUCGAFhABUMJQIYAWIlAAAWBhkcGSwmCBwVAhkVABkYAWEVAhYEFkYWSiYIPDYAKAQDAAAAGAQBAAAAABkcFQYVABUCAAAAJlIcFQwZFQAZGAFiFQIWBhZMFlAmUjw2ACgBeRgBeAAZHBUGFQAVAgAAABaSARYGNpoBACgJaHlwYXJxdWV0GSwcAAAcAAAAngAAAFBBUjE=';
}
