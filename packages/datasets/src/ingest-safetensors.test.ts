import { encodeSafetensors, type Tensor, tensor } from '@descent/tensors';
import { expect, it } from 'vitest';
import { failureOf } from './errors.fixture.ts';
import { ingestFiles } from './ingest-file.ts';
import { loadSplit } from './load-split.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { scratchFile } from './scratch.fixture.ts';

const tensors: [string, Tensor][] = [
  ['x', tensor('float64', [3, 2], Float64Array.of(1, 2, 3, 4, 5, 6.5))],
  ['label', tensor('int64', [3], BigInt64Array.of(0n, 1n, 2n))],
  ['test.x', tensor('float64', [1, 2], Float64Array.of(7, 8))],
  ['test.label', tensor('int64', [1], BigInt64Array.of(2n))],
];

async function ingest(content: Uint8Array, name = 'data.safetensors') {
  const sink = createMemoryArtifacts();
  const { manifest } = await ingestFiles({ files: [{ path: await scratchFile(name, content) }], sink });
  return { manifest, sink };
}

it('a safetensors file becomes columns and splits by the names of its tensors', async () => {
  const { manifest, sink } = await ingest(encodeSafetensors(tensors));
  expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([
    ['train', 3],
    ['test', 1],
  ]);
  const train = await loadSplit(manifest, 'train', ['x', 'label'], sink);
  expect(train.columns.get('x')!.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6.5));
  expect(train.columns.get('label')!.data).toEqual(Int32Array.of(0, 1, 2));
  const test = await loadSplit(manifest, 'test', ['x'], sink);
  expect(test.columns.get('x')!.data).toEqual(Float32Array.of(7, 8));
});

it.each<[string, (bytes: Buffer) => Uint8Array, string]>([
  [
    'a file cut short',
    (bytes) => bytes.subarray(0, bytes.byteLength - 1),
    'SAFETENSORS_INVALID: The safetensors file cannot be read: the tensors take ',
  ],
  [
    'a file with more behind',
    (bytes) => Buffer.concat([bytes, Buffer.from('x')]),
    'SAFETENSORS_INVALID: The safetensors file cannot be read: the tensors take ',
  ],
  ['eight bytes', (bytes) => bytes.subarray(0, 8), 'FILE_FORMAT_UNKNOWN: '],
  [
    'a header of exabytes',
    (bytes) => Buffer.concat([Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), bytes.subarray(8)]),
    'FILE_FORMAT_UNKNOWN: ',
  ],
])('refuses %s', async (_what, damage, expected) => {
  const bytes = Buffer.from(encodeSafetensors(tensors));
  expect(await failureOf(() => ingest(damage(bytes)))).toContain(expected);
});

it('several arrays, each in a file of its own, make one data set by their names', async () => {
  const { encodeNpy } = await import('@descent/tensors');
  const sink = createMemoryArtifacts();
  const file = async (name: string, value: Tensor) => ({
    path: await scratchFile('upload', encodeNpy(value)),
    name,
  });
  const { manifest } = await ingestFiles({
    files: [
      await file('X_train.npy', tensors[0]![1]),
      await file('y_train.npy', tensors[1]![1]),
      await file('X_test.npy', tensors[2]![1]),
      await file('y_test.npy', tensors[3]![1]),
    ],
    sink,
  });
  expect(manifest.columns.map(({ name }) => name)).toEqual(['X', 'y']);
  expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([
    ['train', 3],
    ['test', 1],
  ]);
});
