import type { DataSettings } from '@descent/contracts';
import { expect, test } from 'vitest';
import { chooseSamples } from './choose-samples.ts';
import { failureOf } from './errors.fixture.ts';
import { fitData, readsSamples } from './fit-data.ts';
import { ingestFile } from './ingest-file.ts';
import type { ModelInput } from './input-binding.ts';
import { createMemoryArtifacts } from './memory-artifacts.ts';
import { sampleOrder } from './sample-order.ts';
import { scratchFile } from './scratch.fixture.ts';

const x: ModelInput = { name: 'x', shape: [], dtype: 'float32' };
const dataset = 'builtin:x';

async function table(text: string) {
  const artifacts = createMemoryArtifacts();
  const manifest = await ingestFile({ path: await scratchFile('t.csv', Buffer.from(text)), sink: artifacts });
  return { artifacts, manifest };
}

/** 12 rows: x = 0 … 11, three of kind b, one gap in y. */
const rows = Array.from({ length: 12 }, (_, i) => `${i},${i === 5 ? '' : i * i},${i % 4 === 0 ? 'b' : 'a'}`);
const csv = ['x,y,kind', ...rows].join('\n');

test('statistics are of the samples that train, and stand in the settings', async () => {
  const { artifacts, manifest } = await table(csv);
  const settings: DataSettings = {
    dataset,
    validation: { column: 'x', values: [10, 11] },
    inputs: { x: { columns: ['x'], transform: { type: 'standardise' } } },
  };
  expect(readsSamples(settings, manifest)).toBe(true);
  const fitted = await fitData(settings, manifest, [x], 0, artifacts);
  expect(fitted.samples).toEqual({ train: 10, validation: 2 });
  expect(fitted.settings.inputs!.x!.transform).toEqual({
    type: 'standardise',
    mean: [4.5],
    standardDeviation: [Math.sqrt(8.25)],
  });
  // Nothing is left to compute.
  expect((await fitData(fitted.settings, manifest, [x], 0, artifacts)).settings).toEqual(fitted.settings);
});

test('medians, quantiles and extremes leave missing values out', async () => {
  const { artifacts, manifest } = await table(csv);
  const fit = async (transform: object) => {
    const source = { columns: ['y'], transform: [{ type: 'fill', with: 0 }, transform] };
    const settings = { dataset, inputs: { x: source } } as DataSettings;
    const fitted = await fitData(settings, manifest, [x], 0, artifacts);
    return (fitted.settings.inputs!.x!.transform as object[])[1];
  };
  expect(await fit({ type: 'bucketise', quantiles: 2 })).toMatchObject({ values: [[36]] });
  expect(await fit({ type: 'normalise' })).toMatchObject({ minimum: [0], maximum: [121] });
  const settings: DataSettings = {
    dataset,
    inputs: { x: { columns: ['y'], transform: { type: 'fill', with: 'median' } } },
  };
  const fitted = await fitData(settings, manifest, [x], 0, artifacts);
  expect(fitted.settings.inputs!.x!.transform).toEqual({ type: 'fill', with: 'median', values: [36] });
});

test('what the manifest knows of the whole training split is not read', async () => {
  const { manifest } = await table(csv);
  const settings: DataSettings = {
    dataset,
    inputs: { x: { columns: ['x'], transform: { type: 'standardise' } } },
  };
  expect(readsSamples(settings, manifest)).toBe(false);
  const unread = { get: () => Promise.reject(new Error('read')) };
  const { settings: fitted } = await fitData(settings, manifest, [x], 0, unread);
  expect(fitted.inputs!.x!.transform).toMatchObject({ mean: [5.5] });
});

test('samples with a missing column are left out', async () => {
  const { artifacts, manifest } = await table(csv);
  const settings: DataSettings = { dataset, dropMissing: ['y'], inputs: { x: { columns: ['y'] } } };
  const { samples } = await fitData(settings, manifest, [x], 0, artifacts);
  expect(samples).toEqual({ train: 11, validation: 0 });
  const { train } = await chooseSamples(settings, manifest, 0, artifacts);
  expect([...train.indices!]).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
});

test('stratified parts have the classes in the same shares', async () => {
  const { artifacts, manifest } = await table(csv);
  const rare = (indices: Uint32Array | null) => [...indices!].filter((i) => i % 4 === 0).length;
  for (const seed of [1, 2, 3]) {
    const ratio: DataSettings = { dataset, validation: { ratio: 1 / 3, stratify: 'kind' } };
    const { train, validation } = await chooseSamples(ratio, manifest, seed, artifacts);
    expect([train.count, validation!.count]).toEqual([8, 4]);
    expect([rare(train.indices), rare(validation!.indices)]).toEqual([2, 1]);
  }
});

test('k folds hold every sample out once', async () => {
  const { artifacts, manifest } = await table(csv);
  for (const stratify of [{}, { stratify: 'kind' }]) {
    const held = await Promise.all(
      [0, 1, 2, 3, 4].map(async (fold) => {
        const settings: DataSettings = { dataset, validation: { folds: 5, fold, ...stratify } };
        const { train, validation } = await chooseSamples(settings, manifest, 7, artifacts);
        expect([...train.indices!, ...validation!.indices!].sort((a, b) => a - b)).toEqual(
          Array.from({ length: 12 }, (_, i) => i),
        );
        return [...validation!.indices!];
      }),
    );
    expect(held.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(held.map((fold) => fold.length).sort()).toEqual([2, 2, 2, 3, 3]);
  }
});

test('a balanced epoch draws as many of each class, repeats the rare ones, and is as long as before', async () => {
  const { artifacts, manifest } = await table(csv);
  const settings: DataSettings = { dataset, balance: 'kind' };
  const { train } = await chooseSamples(settings, manifest, 3, artifacts);
  const order = sampleOrder(train, 3, 0);
  const rare = [...order].filter((sample) => sample % 4 === 0);
  expect(order.length).toBe(12);
  expect(rare.length).toBe(6);
  expect(new Set(rare)).toEqual(new Set([0, 4, 8]));
  expect([...sampleOrder(train, 3, 1)]).not.toEqual([...order]);
  expect([...sampleOrder(train, 3, 0)]).toEqual([...order]);
});

test('with windows the last ones validate, and none that trains reaches into them', async () => {
  const { artifacts, manifest } = await table(csv);
  const settings: DataSettings = { dataset, window: { length: 3, stride: 1 }, validation: { ratio: 0.2 } };
  const { train, validation } = await chooseSamples(settings, manifest, 0, artifacts);
  expect([...validation!.indices!]).toEqual([8, 9]);
  expect([...train.indices!]).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each([
  [{ balance: 'knd' }, 'data.balance: the data set has no column "knd"; did you mean "kind"?'],
  [
    { dropMissing: ['colour'] },
    'data.dropMissing[0]: the data set has no column "colour"; it has x, y, kind',
  ],
  [
    { validation: { ratio: 0.5, stratify: 'y' } },
    'data.validation.stratify: column "y" is float32; it needs classes or whole numbers',
  ],
  [
    { validation: { column: 'kind', values: ['A'] } },
    'data.validation.values[0]: column "kind" has no class "A"; did you mean "a"?',
  ],
  [{ validation: { folds: 3, fold: 3 } }, 'data.validation.fold: must be 0 to 2 for 3 folds, got 3'],
  [{ window: { length: 13 } }, 'data.window.length: split "train" has 12 rows; a window takes 13'],
])('refuses %j', async (more, expected) => {
  const { artifacts, manifest } = await table(csv);
  const settings = { dataset, ...more } as DataSettings;
  expect(await failureOf(() => chooseSamples(settings, manifest, 0, artifacts))).toBe(
    `SAMPLES_INVALID: ${expected}`,
  );
});
