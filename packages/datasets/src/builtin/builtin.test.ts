import { createHash } from 'node:crypto';
import type { DatasetManifest } from '@descent/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { bindInputs } from '../bind-inputs.ts';
import { failureOf } from '../errors.fixture.ts';
import { createGather } from '../gather.ts';
import { loadSplit } from '../load-split.ts';
import { createMemoryArtifacts } from '../memory-artifacts.ts';
import { manifestHash } from '../write-dataset.ts';
import { plainText } from './brown.ts';
import { builtinFolder } from './builtin-dataset.ts';
import { builtinDatasets, ingestBuiltin } from './index.ts';
import { randomStream } from './random.ts';
import { drawShape, shapeClasses } from './shapes.ts';

describe('builtin:mnist', () => {
  const artifacts = createMemoryArtifacts();
  let manifest: DatasetManifest;

  beforeAll(async () => {
    ({ manifest } = await ingestBuiltin('builtin:mnist', artifacts));
  }, 60_000);

  it('has 60,000 training and 10,000 test images', () => {
    expect(manifest.splits.map(({ name, count }) => [name, count])).toEqual([
      ['train', 60_000],
      ['test', 10_000],
    ]);
    expect(manifest.columns.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['image', 'uint8', [28, 28, 1]],
      ['label', 'int32', []],
    ]);
  });

  it('has the mean and deviation that everybody uses, 0.1307 and 0.3081 of 255', () => {
    const [image, label] = manifest.columns;
    expect(image!.statistics.mean / 255).toBeCloseTo(0.1307, 4);
    expect(image!.statistics.standardDeviation / 255).toBeCloseTo(0.3081, 4);
    expect([label!.statistics.minimum, label!.statistics.maximum]).toEqual([0, 9]);
  });

  it('starts with the labels of the IDX files and feeds scaled pixels', async () => {
    const train = await loadSplit(manifest, 'train', ['image', 'label'], artifacts);
    const test = await loadSplit(manifest, 'test', ['label'], artifacts);
    expect([...train.columns.get('label')!.data.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.columns.get('label')!.data.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);

    const settings = {
      dataset: 'builtin:mnist',
      inputs: { image: { columns: ['image'], transform: { type: 'scale' as const, factor: 1 / 255 } } },
    };
    const [image, label] = bindInputs(settings, manifest, [
      { name: 'image', shape: [28, 28, 1], dtype: 'float32' },
      { name: 'label', shape: [], dtype: 'int64', classes: 10 },
    ]);
    const pixels = new Float32Array(2 * 784);
    createGather(train, image!)(Uint32Array.of(59_999, 0), pixels);
    // The first training image, a 5: pixel (5, 12) is the first that is not black.
    expect(pixels.findIndex((x, i) => i >= 784 && x > 0) - 784).toBe(5 * 28 + 12);
    expect(pixels[784 + 5 * 28 + 12]).toBe(Math.fround(3 / 255));
    const labels = new BigInt64Array(3);
    createGather(train, label!)(Uint32Array.of(0, 2, 4), labels);
    expect([...labels]).toEqual([5n, 4n, 9n]);
  });
});

describe.each([...builtinDatasets.values()])('$id', ({ id, source, licence, hash, files }) => {
  it.skipIf(builtinFolder(files) === undefined)(
    'states its source and licence, and keeps its hash',
    async () => {
      expect(builtinDatasets.get(id)!.id).toBe(id);
      expect(source.length * licence.length).toBeGreaterThan(0);
      const { manifest } = await ingestBuiltin(id, { put: measured });
      expect(manifest.hash).toBe(hash);
      expect(manifestHash(manifest)).toBe(hash);
    },
    60_000,
  );
});

/** Stores nothing. */
async function measured(content: Uint8Array) {
  return { hash: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength };
}

it('the Brown corpus reads as text', () => {
  const tagged =
    "\tThe/at jury/nn said/vbd ``/`` no/at evidence/nn ''/'' ,/, it/pps went/vbd (/( and/cc on/rp )/) ./.\n\n";
  expect(plainText(tagged)).toBe('The jury said "no evidence", it went (and on).');
});

it('shapes are drawn alike each time and differ in class', () => {
  const draw = (label: string) => Buffer.from(drawShape(label, randomStream(5))).toString('hex');
  expect(draw('ring')).toBe(draw('ring'));
  expect(new Set(shapeClasses.map(draw)).size).toBe(10);
});

it('an unknown built-in set is refused', async () => {
  expect(await failureOf(() => ingestBuiltin('builtin:mnits', createMemoryArtifacts()))).toBe(
    'DATASET_NOT_FOUND: There is no data set builtin:mnits',
  );
});
