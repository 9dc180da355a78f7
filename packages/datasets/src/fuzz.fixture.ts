import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { DataFormat } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { encodeNpy, encodeNpz, encodeSafetensors, philox4x32, type Tensor, tensor } from '@descent/tensors';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { ingestFiles } from './ingest-file.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { tarOf } from './tar.fixture.ts';

const x = tensor(
  'float32',
  [6, 2],
  Float32Array.from({ length: 12 }, (_, i) => i / 4),
);
const label = tensor(
  'int64',
  [6],
  BigInt64Array.from({ length: 6 }, (_, i) => BigInt(i % 3)),
);
const arrays: [string, Tensor][] = [
  ['x', x],
  ['label', label],
];
const texts = (...all: string[]) => all.map((text) => Buffer.from(text));

/** Small whole files of every reader, which damage starts from. */
export const fuzzTargets = {
  csv: async () =>
    texts(
      'a,b,c\n1,2.5,x\n3,,"y ""z"""\n-4e3,0.1,NA\n',
      'd;e\n2024-01-31;1,5\n2024-02-29;2,25\n',
      'a\tb\r\n1\t"2\n3"\r\n',
    ),
  jsonl: async () =>
    texts('{"a":1,"b":"x","c":[1,2]}\n{"a":2.5,"b":null,"c":[3,4]}\n', '{"t":true}\n{"t":false}\n'),
  parquet: async () => [
    Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'a', data: [1, 2, 3], type: 'INT32' },
          { name: 'b', data: ['x', 'y', 'x'], type: 'STRING' },
        ],
      }),
    ),
  ],
  npy: async () => [Buffer.from(encodeNpy(x)), Buffer.from(encodeNpy(label))],
  npz: async () => [Buffer.from(encodeNpz(arrays))],
  safetensors: async () => [Buffer.from(encodeSafetensors(arrays))],
  idx: async () => {
    const file = Buffer.from([0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6]);
    return [file, gzipSync(file)];
  },
  images: async () => {
    const grey = { raw: { width: 2, height: 2, channels: 1 } } as const;
    const png = await sharp(Buffer.from([0, 80, 160, 255]), grey)
      .png()
      .toBuffer();
    const files = [
      { name: 'train/a/1.png', content: png },
      { name: 'train/b/2.png', content: png },
    ];
    return [
      Buffer.from(zipSync(Object.fromEntries(files.map(({ name, content }) => [name, content])))),
      await tarOf(files),
    ];
  },
  text: async () => texts('To be, or not to be:\nthat is the question.\n', 'aß😀\n'),
} satisfies Record<Exclude<DataFormat, 'tsv'>, () => Promise<readonly Buffer[]>>;
export type FuzzedFormat = keyof typeof fuzzTargets;

export interface FuzzOptions {
  /** Number of the first input; 0 when left out. One that fails is looked at again by it. */
  readonly first?: number;
  readonly inputs: number;
  readonly seed: number;
  /** Where each input is written to. */
  readonly path: string;
  /** Called with the number of an input before it is read. */
  readonly onInput?: (input: number) => void;
}

/**
 * Reads `inputs` damaged files; every one must become a data set or a DescentError. Returns how many became which; throws
 * for the first that did neither, naming its number: the same seed gives the same files.
 */
export async function fuzz(
  format: FuzzedFormat,
  { first = 0, inputs, seed, path, onInput = () => undefined }: FuzzOptions,
): Promise<{ readonly read: number; readonly refused: ReadonlyMap<string, number> }> {
  const seeds = await fuzzTargets[format]();
  const refused = new Map<string, number>();
  let read = 0;
  for (let input = first; input < first + inputs; input++) {
    const content = damage(seeds, seed, input);
    onInput(input);
    await writeFile(path, content);
    try {
      await ingestFiles({ files: [{ path, format }], sink: createMemoryArtifacts() });
      read++;
    } catch (error) {
      if (!(error instanceof DescentError) || error.code === 'INTERNAL') {
        const problem = `Input ${input} of seed ${seed} for ${format} ends with ${String(error)}: ${content.toString('base64')}`;
        throw new Error(problem, { cause: error });
      }
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
    }
  }
  return { read, refused };
}

/** Numbers that lengths and offsets break at. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];
const words = ['"', "'", ',', ';', '\n', '\r', '\0', '\ufeff', '1e999', '-', '.', '[', '{', 'NaN', '../x'];

/** One to four changes: bits, bytes, edges of integers, words, cuts, repeats. */
function damage(seeds: readonly Buffer[], seed: number, input: number): Buffer {
  let drawn = 0;
  const block = new Uint32Array(4);
  const random = (below: number): number => {
    if (drawn % 4 === 0) philox4x32([drawn / 4, input, 0, 0], [seed, 0x66757a7a], block);
    return block[drawn++ % 4]! % Math.max(1, below);
  };
  let bytes = Buffer.from(seeds[random(seeds.length)]!);
  for (let change = random(4); change >= 0; change--) {
    const at = random(bytes.byteLength);
    switch (random(6)) {
      case 0:
        if (bytes.byteLength > 0) bytes[at]! ^= 1 << random(8);
        break;
      case 1:
        if (bytes.byteLength > 0) bytes[at] = random(256);
        break;
      case 2:
        if (bytes.byteLength >= at + 4) bytes.writeUInt32LE(edges[random(edges.length)]!, at);
        break;
      case 3:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(words[random(words.length)]!),
          bytes.subarray(at),
        ]);
        break;
      case 4:
        bytes = Buffer.from(bytes.subarray(0, at));
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))]);
    }
  }
  return bytes;
}
