import { expect, test } from 'vitest';
import { createVouching } from './vouching.ts';

test('an audit speaks for all that a worker gave in earlier steps, and for nobody else', () => {
  const vouching = createVouching();
  vouching.contributed('a', 3);
  vouching.contributed('a', 5);
  vouching.contributed('b', 4);
  expect(vouching.since('a')).toBe(3);
  vouching.passed('a', 6);
  expect(vouching.since('a')).toBeUndefined();
  expect(vouching.since('b')).toBe(4);
});

test('what it gave in the step of the audit may have come after', () => {
  const vouching = createVouching();
  vouching.contributed('a', 3);
  vouching.contributed('a', 5);
  vouching.passed('a', 5);
  expect(vouching.since('a')).toBe(5);
});

test('a checkpoint names whose work nothing speaks for, and the next server goes on from there', () => {
  const vouching = createVouching();
  vouching.contributed('a', 3);
  vouching.contributed('b', 7);
  expect([...vouching.below(7)]).toEqual([['a', 3]]);
  const next = createVouching(vouching.below(7));
  next.contributed('a', 8);
  expect(next.since('a')).toBe(3);
  next.passed('a', 9);
  expect(next.since('a')).toBeUndefined();
});
