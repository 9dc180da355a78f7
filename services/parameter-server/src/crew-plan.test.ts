import { expect, test } from 'vitest';
import { type Member, paceInCrowd, timeLeft, unitsFor, worthRepeating } from './crew-plan.ts';

const equal = (held = 0): Member => ({ unitMs: 10, held });

/** What `member` gets beside the others. */
const plan = (open: number, member: Member, others: readonly Member[]) => {
  const all = [member, ...others];
  return unitsFor(open, member, {
    members: all.length,
    speed: all.reduce((sum, { unitMs }) => sum + 1 / unitMs, 0),
    held: all.reduce((sum, { held }) => sum + held, 0),
    fastestMs: Math.min(...all.map(({ unitMs }) => unitMs)),
  });
};

test('a worker alone gets everything, equal ones equal shares', () => {
  expect(plan(8, equal(), [])).toBe(8);
  expect(plan(8, equal(), [equal()])).toBe(4);
  expect(plan(4, equal(), [equal(), equal(), equal()])).toBe(1);
  expect(plan(2, equal(), [equal(2)])).toBe(2);
  expect(plan(0, equal(), [])).toBe(0);
});

test('a share that is nearly the next whole number is that number', () => {
  expect(plan(4, { unitMs: 11, held: 0 }, [equal()])).toBe(2);
});

test('what is left over goes to the one that is done with it first', () => {
  expect(plan(1, equal(1), [equal(2)])).toBe(1);
  expect(plan(1, equal(2), [equal(1)])).toBe(0);
});

test('with as many units as workers everybody gets one, also one that was somewhat slower', () => {
  const others = Array.from({ length: 63 }, () => equal());
  expect(plan(64, { unitMs: 14, held: 0 }, others)).toBe(1);
  expect(plan(1, { unitMs: 12, held: 0 }, others)).toBe(1);
  const busy = others.map(() => equal(1));
  expect(plan(1, { unitMs: 14, held: 0 }, busy)).toBe(1);
});

test('a slow worker gets nothing when the others are done sooner, and its share of a long step', () => {
  const slow = { unitMs: 100, held: 0 };
  const fast = [equal(), equal(), equal()];
  expect(plan(8, slow, fast)).toBe(0);
  expect(plan(62, slow, fast)).toBe(2);
});

test('a half as fast worker takes part where it ends no later', () => {
  const half = { unitMs: 20, held: 0 };
  expect(plan(3, equal(), [half])).toBe(2);
  expect(plan(1, half, [equal(2)])).toBe(1);
  expect(plan(1, half, [equal(0)])).toBe(0);
});

test('an assignment is repeated when the idle worker would be done in half the time', () => {
  expect(worthRepeating(30, 11)).toBe(false);
  expect(worthRepeating(33, 11)).toBe(true);
});

test('a worker that takes much longer than expected is taken to need as long again', () => {
  expect(timeLeft(100, 40)).toBe(60);
  expect(timeLeft(100, 200)).toBe(0);
  expect(timeLeft(100, 300)).toBe(300);
});

test('workers nearly as fast as the fastest share alike, slower ones by their own speed', () => {
  expect(paceInCrowd(8.5, 7.2)).toBe(7.2);
  expect(paceInCrowd(10, 7.2)).toBe(10);
});
