import { expect, it } from 'vitest';
import { placeOfFile } from './place-of-file.ts';

it.each([
  ['train.csv', { split: 'train' }],
  ['data/val/part-1.parquet', { split: 'validation', column: 'part_1' }],
  ['X_train.npy', { split: 'train', column: 'X' }],
  ['test-y.npy', { split: 'test', column: 'y' }],
  ['train-images-idx3-ubyte.gz', { split: 'train', column: 'image' }],
  ['t10k-labels-idx1-ubyte', { split: 'test', column: 'label' }],
  ['iris.csv', { column: 'iris' }],
])('%s names a split and a column', (name, place) => {
  expect(placeOfFile(name)).toEqual(place);
});
