import { expect, test } from 'vitest';
import { imageRow } from './image-rows.ts';

const pixels = (...values: number[]) => ({
  width: values.length / 4,
  height: 1,
  data: Uint8ClampedArray.from(values),
});

test('an image has three colours, or one grey by their luminance', () => {
  const image = pixels(255, 0, 0, 255, 10, 20, 30, 255);
  expect(imageRow(image, { channels: 3, inverted: false })).toEqual([
    [
      [255, 0, 0],
      [10, 20, 30],
    ],
  ]);
  expect(imageRow(image, { channels: 1, inverted: false })).toEqual([[[76], [18]]]);
});

test('dark ink on light paper is turned round, and what is transparent is paper', () => {
  const image = pixels(0, 0, 0, 255, 0, 0, 0, 0);
  expect(imageRow(image, { channels: 1, inverted: true })).toEqual([[[255], [0]]]);
});
