import { expect, test } from 'vitest';
import { createRound } from './round.ts';

const units = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, start: index, end: index + 1 }));

test('units are taken in order, each by one worker', () => {
  const round = createRound(units(2));
  expect(round.take('a', 0)?.index).toBe(0);
  expect(round.take('b', 0)?.index).toBe(1);
  expect(round.take('c', 0)).toBeUndefined();
});

test('a worker that is lost gives its unit to the next', () => {
  const round = createRound(units(1));
  round.take('a', 0);
  round.giveBack('a');
  expect(round.take('b', 1)?.index).toBe(0);
  round.settle('b', 0);
  expect(round.isDone(0)).toBe(true);
});

test('of a repeated unit the first result settles it for good', () => {
  const round = createRound(units(1));
  round.take('slow', 0);
  expect(round.repeat('idle', 90, 100)).toBeUndefined();
  expect(round.repeat('idle', 101, 100)?.index).toBe(0);
  round.settle('idle', 0);
  round.settle('slow', 0);
  expect(round.take('c', 200)).toBeUndefined();
});

test('a worker does not repeat its own unit, and no unit is held three times', () => {
  const round = createRound(units(1));
  round.take('slow', 0);
  expect(round.repeat('slow', 1000, 100)).toBeUndefined();
  round.repeat('b', 1000, 100);
  expect(round.repeat('c', 1000, 100)).toBeUndefined();
});

test('at most two units are repeated at once', () => {
  const round = createRound(units(3));
  for (const worker of ['a', 'b', 'c']) round.take(worker, 0);
  expect(round.repeat('d', 1000, 100)?.index).toBe(0);
  expect(round.repeat('e', 1000, 100)?.index).toBe(1);
  expect(round.repeat('f', 1000, 100)).toBeUndefined();
});

test('a refused unit goes to another worker before the one that spoiled it', () => {
  const round = createRound(units(2));
  round.take('a', 0);
  expect(round.refuse('a', 0)).toBe(1);
  expect(round.take('a', 1)?.index).toBe(1);
  expect(round.take('b', 1)?.index).toBe(0);
  expect(round.refuse('b', 0)).toBe(2);
  expect(round.take('b', 2)?.index).toBe(0);
});
