import { expect, it } from 'vitest';
import { localBatches } from './step-plan.ts';

const sizes = (start: number, end: number, batchSize: number, participants: number) =>
  localBatches({ start, end }, batchSize, participants).map((batch) => batch.end - batch.start);

it("a participant's slice of a whole round is one part of every mini-batch", () => {
  // 8 mini-batches of 128 over 4 participants: 8 of 32.
  expect(sizes(256, 512, 128, 4)).toEqual(Array(8).fill(32));
  expect(localBatches({ start: 256, end: 512 }, 128, 4)[1]).toEqual({ start: 288, end: 320 });
});

it('a short or uneven slice is cut as evenly as its number allows, and nothing is left out', () => {
  expect(sizes(0, 10, 128, 4)).toEqual([10]);
  expect(sizes(0, 100, 128, 4)).toEqual([33, 33, 34]);
  expect(sizes(7, 32, 10, 4)).toEqual(Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 2 : 3)));
  expect(sizes(0, 1, 1, 1)).toEqual([1]);
});
