import { writeSums } from '@descent/gradient-channel';
import { expect, test } from 'vitest';
import { addSums, prefixBytes, readSumsBlock, timingsOf } from './sums.ts';

test('the sums of a received payload are read in place', () => {
  const payload = new Uint8Array(128).subarray(64);
  writeSums(payload, { samples: 32, loss: 8, metrics: [24, 2] });
  const sums = readSumsBlock(payload, 2);
  expect([...sums]).toEqual([32, 8, 24, 2]);
  writeSums(payload, { samples: 1, loss: 2, metrics: [3, 4] });
  expect([...sums]).toEqual([1, 2, 3, 4]);
});

test('gradients start on a multiple of 64 bytes behind sums and timings', () => {
  expect([0, 6, 7, 14, 15].map(prefixBytes)).toEqual([128, 128, 192, 192, 256]);
});

test('the timings block lies between them', () => {
  const payload = new Uint8Array(300).subarray(20);
  expect(timingsOf(payload, 7)).toMatchObject({ byteOffset: 20 + 128, byteLength: 64 });
});

test('sums are added into the left one and the right one stays', () => {
  const left = Float64Array.of(2, 0.1, 1);
  const right = Float64Array.of(3, 0.2, 2);
  addSums(left, right);
  expect([...left]).toEqual([5, 0.1 + 0.2, 3]);
  expect([...right]).toEqual([3, 0.2, 2]);
});
