import { gzipSync } from 'node:zlib';
import { decodeSafetensors, encodeNpy, encodeNpz, tensor } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFile } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';

const image = tensor(
  'uint8',
  [3, 2, 2],
  Uint8Array.from({ length: 12 }, (_, i) => i),
);
const label = tensor('int64', [3], BigInt64Array.of(0n, 2n, 1n));

async function ingest(name: string, content: Uint8Array) {
  const sink = createMemoryArtifacts();
  return { sink, manifest: await ingestFile({ path: await scratchFile(name, content), sink }) };
}

async function failure(name: string, content: Uint8Array | string): Promise<string> {
  const path = await scratchFile(name, content);
  return failureOf(() => ingestFile({ path, sink: createMemoryArtifacts() }));
}

/** An IDX file: element type, sizes, element bytes. */
function idx(type: number, sizes: readonly number[], data: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + sizes.length * 4);
  header[2] = type;
  header[3] = sizes.length;
  for (const [axis, size] of sizes.entries()) header.writeUInt32BE(size, 4 + axis * 4);
  return Buffer.concat([header, Buffer.from(data)]);
}

describe('ingesting NPZ', () => {
  it('takes `column` for split train and `split.column` for others', async () => {
    const x = tensor('float64', [2], Float64Array.of(0.5, 1.5));
    const more = tensor('float64', [1], Float64Array.of(9));
    const { manifest, sink } = await ingest(
      'data.npz',
      encodeNpz([
        ['x', x],
        ['test.x', more],
      ]),
    );
    expect(manifest.columns).toEqual([
      {
        name: 'x',
        dtype: 'float32',
        shape: [],
        statistics: { minimum: 0.5, maximum: 9, mean: 1, standardDeviation: 0.5 },
      },
    ]);
    expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([
      ['train', 2],
      ['test', 1],
    ]);
    const shard = decodeSafetensors(await sink.get(manifest.splits[1]!.shards[0]!.hash));
    expect(shard.tensors.get('x')).toEqual(tensor('float32', [1], Float32Array.of(9)));
  });

  it('narrows int64 to int32 and keeps sample shapes', async () => {
    const { manifest, sink } = await ingest(
      'data.npz',
      encodeNpz([
        ['label', label],
        ['image', image],
      ]),
    );
    expect(manifest.columns.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['label', 'int32', []],
      ['image', 'uint8', [2, 2]],
    ]);
    const { tensors } = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
    expect(tensors.get('label')).toEqual(tensor('int32', [3], Int32Array.of(0, 2, 1)));
    expect(tensors.get('image')).toEqual(image);
  });

  it.each([
    [
      [
        ['image', image],
        ['label', tensor('int32', [2], Int32Array.of(1, 2))],
      ],
      'COLUMN_LENGTHS_DIFFER: In split "train", column "label" has 2 samples and column "image" has 3',
    ],
    [
      [
        ['x', image],
        ['test.y', image],
      ],
      'SPLITS_DIFFER: Split "test" does not fit split "train": column "x" is missing there',
    ],
    [
      [
        ['x', image],
        ['test.x', label],
      ],
      'SPLITS_DIFFER: Split "test" does not fit split "train": column "x" is int32 [] there and uint8 [2, 2] here',
    ],
    [
      [['a.b.c', image]],
      'COLUMN_NAME_INVALID: "a.b.c" cannot name a column: it is not `column` or `split.column`',
    ],
    [
      [
        ['x', image],
        ['train.x', image],
      ],
      'COLUMN_NAME_INVALID: "train.x" cannot name a column: split "train" has it already',
    ],
    [[['x', tensor('float32', [], Float32Array.of(1))]], 'DATA_EMPTY: There are no samples in array "x"'],
    [
      [['x', tensor('float32', [2, 2], Float32Array.of(1, 2, Number.NaN, 4))]],
      'COLUMN_VALUE_INVALID: Column "x" of split "train", sample 1: NaN is not a finite number',
    ],
    [
      [['x', tensor('float64', [2], Float64Array.of(1, 1e300))]],
      'COLUMN_VALUE_INVALID: Column "x" of split "train", sample 1: Infinity is not a finite number',
    ],
    [
      [['x', tensor('int64', [2], BigInt64Array.of(1n, 2n ** 31n))]],
      'COLUMN_VALUE_INVALID: Column "x" of split "train", sample 1: 2147483648 does not fit into a 32-bit integer',
    ],
  ] as const)('refuses arrays that make no data set, %#', async (arrays, expected) => {
    expect(await failure('data.npz', encodeNpz(arrays))).toBe(expected);
  });
});

describe('ingesting NPY and IDX', () => {
  it('reads one array as column `value`', async () => {
    const fromNpy = await ingest('data.npy', encodeNpy(image));
    const fromIdx = await ingest('images-idx3-ubyte', idx(8, [3, 2, 2], [...image.data]));
    const packed = await ingest('images-idx3-ubyte.gz', gzipSync(idx(8, [3, 2, 2], [...image.data])));
    expect(fromNpy.manifest.columns.map(({ name, shape }) => [name, shape])).toEqual([['value', [2, 2]]]);
    expect(fromIdx.manifest.hash).toBe(fromNpy.manifest.hash);
    expect(packed.manifest.hash).toBe(fromNpy.manifest.hash);
  });

  it('reads big-endian elements', async () => {
    const { manifest, sink } = await ingest('x.idx', idx(0x0d, [2], [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]));
    const { tensors } = decodeSafetensors(await sink.get(manifest.splits[0]!.shards[0]!.hash));
    expect(tensors.get('value')).toEqual(tensor('float32', [2], Float32Array.of(1, -2)));
  });

  it.each([
    [
      idx(8, [3, 2], [1, 2, 3, 4, 5]),
      'IDX_INVALID: IDX file x.idx cannot be read: its header asks for 18 bytes; it has 17',
    ],
    [
      idx(8, [2], [1, 2, 3]),
      'IDX_INVALID: IDX file x.idx cannot be read: its header asks for 10 bytes; it has 11',
    ],
    [idx(8, [], []), 'IDX_INVALID: IDX file x.idx cannot be read: it has 0 axes; 1 to 7 are possible'],
    [
      idx(8, [3, 2], []).subarray(0, 9),
      'IDX_INVALID: IDX file x.idx cannot be read: it ends within its header',
    ],
    [idx(8, [0, 2], []), 'DATA_EMPTY: There are no samples in IDX file x.idx'],
    [
      idx(8, [1, 0xffffffff, 0xffffffff], []),
      'DATA_TOO_LARGE: A sample of IDX file x.idx is 18446744065119617000 bytes; the limit is 67108864 bytes',
    ],
    [
      gzipSync(idx(8, [0xffffffff, 60_000_000], [1, 2])),
      'IDX_INVALID: IDX file x.idx cannot be read: it ends before sample 0',
    ],
    [
      gzipSync(idx(8, [2], [1, 2, 3])),
      'IDX_INVALID: IDX file x.idx cannot be read: more bytes follow its last sample',
    ],
    [
      gzipSync(
        idx(
          8,
          [4000],
          Array.from({ length: 4000 }, (_, i) => (i * 197) % 256),
        ),
      ).subarray(0, 200),
      'FILE_FORMAT_UNKNOWN: The format of x.idx is not known: its gzip data is damaged',
    ],
  ])('refuses the hostile IDX file %#', async (content, expected) => {
    expect(await failure('x.idx', content)).toBe(expected);
  });
});

describe('detecting the format', () => {
  it.each([
    [
      'x.npz',
      'a,b\n1,2\n',
      'FILE_FORMAT_UNKNOWN: The format of x.npz is not known: it does not start as NPZ',
    ],
    [
      'x.docx',
      'text',
      'FILE_FORMAT_UNKNOWN: The format of x.docx is not known: ".docx" is not among csv, tsv, jsonl, parquet, npz, npy, safetensors, idx, images, text',
    ],
    [
      'x.csv',
      Buffer.from([1, 2, 0, 3]),
      'FILE_FORMAT_UNKNOWN: The format of x.csv is not known: it is binary and starts like none of the known formats',
    ],
    ['x.npy', encodeNpz([['a', image]]).subarray(0, 30), 'ARCHIVE_REFUSED: The archive is refused: '],
  ])('refuses %s', async (name, content, expected) => {
    expect((await failure(name, content)).startsWith(expected)).toBe(true);
  });
});
