import { expect, it } from 'vitest';
import { tilesOf } from './tiles.ts';

it('tiles cover every tensor, in order, and none of the padding between', () => {
  const tensors = [
    { start: 0, end: 10 },
    { start: 16, end: 16 },
    { start: 16, end: 16 + 65_536 },
    { start: 70_000, end: 70_000 + 150_000 },
  ];
  expect(tilesOf(tensors)).toEqual([
    { start: 0, end: 10 },
    { start: 16, end: 65_552 },
    { start: 70_000, end: 135_536 },
    { start: 135_536, end: 201_072 },
    { start: 201_072, end: 220_000 },
  ]);
});
