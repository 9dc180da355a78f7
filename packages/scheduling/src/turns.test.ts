import { expect, test } from 'vitest';
import { book, openLedger } from './ledger.ts';
import { defaultSettings } from './settings.ts';
import { type GradientDemand, gradientTurns, largestPriority, priorityAt } from './turns.ts';

const demand = (job: string, more: Partial<GradientDemand> = {}): GradientDemand => ({
  job,
  team: job,
  weight: 1,
  priority: 0,
  waiting: 1,
  waitingSinceMs: 0,
  serving: 0,
  gradientJobSeconds: 1,
  ...more,
});
const turnsOf = (demands: readonly GradientDemand[], ledger = openLedger(0)) =>
  Object.fromEntries(gradientTurns(ledger, demands, defaultSettings));

/** The jobs in the order in which their gradient jobs leave the queue. */
const order = (demands: readonly GradientDemand[]) => {
  const turns = gradientTurns(openLedger(0), demands, defaultSettings);
  return demands
    .flatMap(({ job, waiting }) =>
      Array.from({ length: waiting }, (_, index) => ({ job, priority: priorityAt(turns.get(job)!, index) })),
    )
    .sort((a, b) => a.priority - b.priority || (a.job < b.job ? -1 : 1))
    .map(({ job }) => job)
    .join('');
};

test('the priority is the pass beyond the smallest, in milliseconds', () => {
  const ledger = book(book(openLedger(0), 'a', 1, 5), 'b', 1, 7);
  expect(turnsOf([demand('a'), demand('b')], ledger)).toEqual({
    a: { first: 1, step: 1000 },
    b: { first: 2001, step: 1000 },
  });
});

test('twice the weight gets every second worker more', () => {
  expect(order([demand('a', { waiting: 6, weight: 2 }), demand('b', { waiting: 3 })])).toBe('abaabaaba');
});

test('a team with a thousand gradient jobs lets a team with one go first or second', () => {
  expect(order([demand('a', { waiting: 1000 }), demand('b')]).indexOf('b')).toBe(1);
});

test('many training jobs are no advantage over one', () => {
  const many = Array.from({ length: 50 }, (_, index) => demand(`a${index + 10}`, { team: 'a' }));
  const turns = turnsOf([...many, demand('b', { waiting: 50 })]);
  expect(turns.a59).toEqual({ first: 49_001, step: 50_000 });
  expect(turns.b).toEqual({ first: 1, step: 1000 });
});

test('inside a team a higher priority goes first, and equal ones take turns', () => {
  expect(
    order([
      demand('c', { team: 't', waiting: 2, priority: 5 }),
      demand('b', { team: 't', waiting: 2, waitingSinceMs: 2 }),
      demand('a', { team: 't', waiting: 2, waitingSinceMs: 3 }),
    ]),
  ).toBe('ccbaba');
});

test('a team’s own priorities move nobody else', () => {
  const others = (priority: number) => turnsOf([demand('a', { priority }), demand('b')]).b;
  expect(others(100)).toEqual(others(-100));
});

test('what is being served counts half', () => {
  expect(turnsOf([demand('a', { serving: 3 }), demand('b')])).toEqual({
    a: { first: 1501, step: 1000 },
    b: { first: 1, step: 1000 },
  });
});

test('no priority leaves the range of the queue', () => {
  const ledger = book(openLedger(0), 'a', 0.001, 1e9);
  const { a } = turnsOf([demand('a'), demand('b')], ledger);
  expect(a!.first).toBe(largestPriority);
  expect(priorityAt(a!, 1000)).toBe(largestPriority);
});
