import type { Dataset } from '@descent/client';

const time = new Date(Date.now() - 9 * 86_400_000).toISOString();
const statistics = { minimum: 0, maximum: 255, mean: 33.3, standardDeviation: 78.6 };
const manifest: Dataset['manifest'] = {
  hash: 'a07c93'.repeat(11).slice(0, 64),
  columns: [
    { name: 'image', dtype: 'uint8', shape: [28, 28, 1], kind: 'image', statistics },
    { name: 'label', dtype: 'int32', shape: [], statistics: { ...statistics, maximum: 9 } },
  ],
  splits: [
    { name: 'train', count: 60_000, shards: [] },
    { name: 'validation', count: 10_000, shards: [] },
  ],
};

export const fixtureDatasets: Dataset[] = [
  {
    id: 'builtin:mnist',
    name: 'MNIST, handwritten digits',
    version: 1,
    state: 'ready',
    createdAt: time,
    bytes: 54_000_000,
    manifest,
    origin: { source: 'the MNIST database', licence: 'CC BY-SA 3.0', hash: 'a07c93', install: null },
    error: null,
  },
  {
    id: 'ds_01JD0000000000000000000001',
    name: 'measurements of every sensor in the old boiler house, cleaned twice, without the winter of 2024',
    version: 3,
    state: 'failed',
    createdAt: time,
    bytes: 0,
    manifest: null,
    error: {
      code: 'DATASET_INVALID',
      message: 'Line 4,711 of boiler.csv has 12 fields where the header has 11',
    },
  },
];
