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
    expect(await refusal('a.jsonl', `{${fields}}\n`)).toBe('x');
  });
  it('of Parquet', async () => {
    const columnData = names.slice(0, 17_000).map((name) => ({ name, data: [1], type: 'INT32' as const }));
    expect(await refusal('a.parquet', new Uint8Array(parquetWriteBuffer({ columnData })))).toBe('x');
  });
  it('of NPZ', async () => {
    const npy = encodeNpy(column);
    const files = Object.fromEntries(names.map((name) => [`${name}.npy`, npy]));
    expect(await refusal('a.npz', zipSync(files, { level: 0 }))).toBe('x');
  });
  it('of safetensors', async () => {
    expect(await refusal('a.safetensors', encodeSafetensors(names.map((name) => [name, column])))).toBe('x');
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
    ['an NPY shape beyond 2^53', 'a.npy', npy(npyHeader("'<f4'", '(4294967296, 4294967296)')), 'x'],
    ['a negative NPY shape', 'a.npy', npy(npyHeader("'<f4'", '(-1, 4)')), 'x'],
    [
      'an NPY shape whose product overflows to what is there',
      'a.npy',
      npy(npyHeader("'<f4'", '(2, 9223372036854775809)')),
      'x',
    ],
    ['an NPY sample of a terabyte', 'a.npy', npy(npyHeader("'<f4'", '(2, 274877906944)')), 'x'],
    ['an NPY header of 64 KiB', 'a.npy', npy(`{${' '.repeat(65_000)}`), 'x'],
    ['an NPY header that is Python', 'a.npy', npy('__import__("os").system("x")\n'), 'x'],
    ['objects in NPY', 'a.npy', npy(npyHeader("'|O'", '(1,)')), 'x'],
    ['records with objects in NPY', 'a.npy', npy(npyHeader("[('a', '|O'), ('b', '<f4')]", '(1,)')), 'x'],
    ['objects in NPZ', 'a.npz', zipSync({ 'x.npy': npy(npyHeader("'|O'", '(1,)')) }), 'x'],
    [
      'an NPZ shape beyond 2^53',
      'a.npz',
      zipSync({ 'x.npy': npy(npyHeader("'<f8'", '(4503599627370496, 4096)')) }),
      'x',
    ],
    ['a path out of NPZ', 'a.npz', zipSync({ '../x.npy': encodeNpy(column) }), 'x'],
    ['no array in NPZ', 'a.npz', zipSync({ 'x.npy': encodeNpy(column), 'run.exe': Buffer.from('MZ') }), 'x'],
    ['an NPZ cut short', 'a.npz', encodeNpz([['x', column]]).subarray(0, 60), 'x'],
    [
      'a safetensors shape beyond 2^53',
      'a.safetensors',
      safetensors({ x: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 8] } }),
      'x',
    ],
    [
      'a safetensors shape that does not fit its bytes',
      'a.safetensors',
      safetensors({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }),
      'x',
    ],
    [
      'safetensors that share bytes',
      'a.safetensors',
      safetensors({
        x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        y: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      }),
      'x',
    ],
    [
      'safetensors out of the file',
      'a.safetensors',
      safetensors({ x: { dtype: 'F32', shape: [2], data_offsets: [8, 16] } }),
      'x',
    ],
    [
      'a Parquet footer of 4 GiB',
      'a.parquet',
      Buffer.from('PAR1\0\0\0\0\xff\xff\xff\xffPAR1', 'latin1'),
      'x',
    ],
    [
      'a Parquet run of far more values than its page has',
      'a.parquet',
      Buffer.from(endlessParquet(), 'base64'),
      'x',
    ],
  ])('%s', async (_what, name, content, expected) => {
    expect(await refusal(name, content)).toBe(expected);
  });
});

describe('bombs', () => {
  /** A gigabyte in a megabyte. */
  const bomb = (content: string) => {
    const member = gzipSync(content.repeat((8 * 1024 ** 2) / content.length));
    return Buffer.concat(Array.from({ length: 128 }, () => member));
  };
  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ['a.csv.gz', () => bomb('1\n'), 'x'],
    ['a.jsonl.gz', () => bomb('{"a":1}\n'), 'x'],
    [
      'images.zip',
      async () => zipSync({ 'a/1.png': await png(), 'a/2.png': Buffer.alloc(80 * 1024 ** 2) }),
      'x',
    ],
    [
      'images.tar.gz',
      async () =>
        gzipSync(
          await tarOf([
            { name: 'a/1.png', content: await png() },
            ...Array.from({ length: 8 }, (_, i) => ({
              name: `a/x${i}.png`,
              content: Buffer.alloc(40 * 1024 ** 2),
            })),
          ]),
        ),
      'x',
    ],
    [
      'a.npz',
      () => zipSync({ 'x.npy': npy(npyHeader("'|u1'", '(209715200,)'), Buffer.alloc(200 * 1024 ** 2)) }),
      'x',
    ],
  ])('%s', { timeout: 60_000 }, async (name, content, expected) => {
    expect(await refusal(name, await content())).toBe(expected);
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
      'x',
    ],
    [
      'UTF-8 that goes on as UTF-16',
      'a.csv',
      Buffer.concat([Buffer.from(`a,b\n${'1,2\n'.repeat(2000)}`), Buffer.from('3,4\n', 'utf16le')]),
      'x',
    ],
    ['a NUL byte in a number', 'a.csv', Buffer.from(`a,b\n${'1,2\n'.repeat(2000)}3,4\0\n`), 'x'],
    ['a NUL byte in a category', 'a.csv', Buffer.from(`a,b\n${'x,2\n'.repeat(2000)}x\0y,2\n`), 'x'],
    [
      'Latin-1 behind UTF-8',
      'a.jsonl',
      Buffer.concat([Buffer.from('{"a":"é"}\n'), Buffer.from('{"a":"é"}\n', 'latin1')]),
      'x',
    ],
    ['a NUL byte between objects', 'a.jsonl', Buffer.from(`${'{"a":1}\n'.repeat(1000)}\0\n`), 'x'],
  ])('%s', async (_what, name, content, expected) => {
    expect(await refusal(name, content)).toBe(expected);
  });
});

it('Snappy data is read forward only, whatever it claims', () => {
  const damaged =
    (...bytes: number[]) =>
    () =>
      unpackSnappy(Uint8Array.from(bytes), 4);
  expect([...unpackSnappy(Uint8Array.of(4, 0, 65, 9, 1, 0), 4)]).toEqual([]);
  expect(damaged(4, 0xfc, 0xfa, 0xff, 0xff, 0xff, 1)).toThrow('ends outside of it');
});

/** A column of three values whose levels say that 2^28 follow. */
function endlessParquet(): string {
  return 'UEFSMRUGFRwVIFwVBhUAFQYVABUEFQAAAAMHDCwBAAAAAgAAAAMAAAAVBhUiFSZcFQYVDQAVBhUAFQQVAAAAAwcPOAEAAAB4AQAAAHkBAAAAeBUEGTxIBHJvb3QVBAAVAiUCGAFhABUMJQIYAWIlAAAWBhkcGSwmCBwVAhkVABkYAWEVAhYEFkYWSiYIPDYAKAQDAAAAGAQBAAAAABkcFQYVABUCAAAAJlIcFQwZFQAZGAFiFQIWBhZMFlAmUjw2ACgBeRgBeAAZHBUGFQAVAgAAABaSARYGNpoBACgJaHlwYXJxdWV0GSwcAAAcAAAAngAAAFBBUjE=';
}
