import { expect, test } from 'vitest';
import type { Node } from './node.ts';
import { createRound, mostRepeats } from './round.ts';

const units = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, start: 10 * index, end: 10 * (index + 1) }));
const span = (node: Node | undefined) => node && [node.first, node.count];

test('nodes are taken whole, with the bounds of their samples', () => {
  const round = createRound(units(4));
  expect(round.take('a', 2)).toEqual({ first: 0, count: 2, bounds: [0, 10, 20] });
  expect(round.take('b', 2)).toEqual({ first: 2, count: 2, bounds: [20, 30, 40] });
  expect(round.take('c', 2)).toBeUndefined();
});

test('one worker takes the whole step, also when it is no power of two', () => {
  expect(span(createRound(units(6)).take('a', 6))).toEqual([0, 6]);
  expect(span(createRound(units(6)).take('a', 5))).toEqual([0, 4]);
});

test('a node is no larger than what was asked for, than the deepest level, and than what is open', () => {
  expect(span(createRound(units(8)).take('a', 3))).toEqual([0, 2]);
  expect(span(createRound(units(8), 1).take('a', 8))).toEqual([0, 2]);
  const round = createRound(units(8));
  round.take('a', 1);
  expect(span(round.take('b', 8))).toEqual([4, 4]);
});

test('small nodes come out of the smallest open block, so that large ones stay whole', () => {
  const round = createRound(units(8));
  round.take('a', 1);
  expect(span(round.take('b', 1))).toEqual([1, 1]);
  expect(span(round.take('c', 1))).toEqual([2, 1]);
  expect(span(round.take('d', 4))).toEqual([4, 4]);
});

test('a worker that is lost gives its node to the next', () => {
  const round = createRound(units(2));
  const node = round.take('a', 2)!;
  expect(round.open).toBe(0);
  round.giveBack('a', node);
  expect(round.open).toBe(2);
  const again = round.take('b', 2)!;
  round.settle('b', again);
  expect(round.isTouched({ first: 1, count: 1 })).toBe(true);
});

test('a node is settled as a whole, and whatever overlaps it is touched', () => {
  const round = createRound(units(4));
  round.settle('a', round.take('a', 2)!);
  const touched = [
    [0, 1],
    [1, 1],
    [0, 4],
    [2, 2],
  ].map(([first, count]) => round.isTouched({ first: first!, count: count! }));
  expect(touched).toEqual([true, true, true, false]);
});

test('a node may be repeated in parts; what is left of it is open when its first holder gives it back', () => {
  const round = createRound(units(4));
  const slow = round.take('slow', 4)!;
  const part = round.repeat('idle', slow, 2)!;
  expect(span(part)).toEqual([0, 2]);
  round.settle('idle', part);
  round.giveBack('slow', slow);
  expect(round.open).toBe(2);
  expect(span(round.take('idle', 4))).toEqual([2, 2]);
});

test('a worker does not repeat its own node, and no unit is held three times', () => {
  const round = createRound(units(1));
  const node = round.take('slow', 1)!;
  expect(round.repeat('slow', node, 1)).toBeUndefined();
  expect(span(round.repeat('b', node, 1))).toEqual([0, 1]);
  expect(round.repeat('c', node, 1)).toBeUndefined();
});

test('only so many nodes are repeated at once', () => {
  const round = createRound(units(8));
  const node = round.take('a', 8)!;
  for (let time = 0; time < mostRepeats; time++) expect(round.repeat(`w${time}`, node, 1)).toBeDefined();
  expect(round.repeat('last', node, 1)).toBeUndefined();
});

test('a refused node goes to another worker before the one that spoiled it', () => {
  const round = createRound(units(2));
  expect(round.refuse('a', round.take('a', 1)!)).toBe(1);
  expect(span(round.take('a', 1))).toEqual([1, 1]);
  const again = round.take('b', 1)!;
  expect(span(again)).toEqual([0, 1]);
  expect(round.refuse('b', again)).toBe(2);
  expect(span(round.take('b', 1))).toEqual([0, 1]);
});

test('what a second worker repeats already is not handed out once more when it is to be compared', () => {
  const round = createRound(units(1));
  const first = round.take('slow', 1)!;
  const repeat = round.repeat('fast', first, 1)!;
  round.recheck('slow', first);
  expect(round.isTouched(repeat)).toBe(false);
  expect(round.takeAgain('fast', () => true)).toBeUndefined();
  expect(round.takeAgain('other', () => true)).toBeUndefined();
  round.recheck('fast', repeat);
  expect(span(round.takeAgain('other', () => true))).toEqual([0, 1]);
  expect(round.takeAgain('fourth', () => true)).toBeUndefined();
  round.settle('other', first);
  expect(round.open).toBe(0);
  expect(round.takeAgain('fourth', () => true)).toBeUndefined();
  expect(round.isTouched(repeat)).toBe(true);
});

test('of what is to be compared nothing is taken, repeated or accepted in part', () => {
  const round = createRound(units(4));
  const node = round.take('a', 2)!;
  round.recheck('a', node);
  expect(span(round.take('b', 4))).toEqual([2, 2]);
  expect(round.take('c', 4)).toBeUndefined();
  expect(round.isTouched({ first: 0, count: 1 })).toBe(true);
  expect(round.isTouched({ first: 0, count: 2 })).toBe(false);
  expect(round.takeAgain('a', () => false)).toBeUndefined();
  expect(span(round.takeAgain('c', () => true))).toEqual([0, 2]);
  expect(round.repeat('d', node, 2)).toBeUndefined();
  round.giveBack('c', node);
  expect(span(round.takeAgain('d', () => true))).toEqual([0, 2]);
});

test('it counts how often a unit was handed out, over losses and repeats', () => {
  const round = createRound(units(4));
  const left = round.take('a', 2)!;
  const right = round.take('b', 2)!;
  expect([left, right].map(round.handedOut)).toEqual([1, 1]);
  round.giveBack('a', left);
  const again = round.take('c', 1)!;
  expect(round.handedOut(left)).toBe(2);
  expect(span(round.repeat('d', again, 1))).toEqual([0, 1]);
  expect([round.handedOut(left), round.handedOut(right)]).toEqual([3, 1]);
});
