import { expect, test } from 'vitest';
import {
  measureEstimates,
  measureFlood,
  measureNewcomer,
  measureReturn,
  measureShares,
} from './scenarios.fixture.ts';

test('10 teams of weights 1 to 5 get their shares within 5 %', () => {
  const { largestShareError, utilisation } = measureShares(300);
  expect(largestShareError).toBeLessThanOrEqual(0.05);
  expect(utilisation).toBeGreaterThan(0.99);
});

test('a new team has its first gradient within 2 s', () => {
  expect(measureNewcomer(20).largestSeconds).toBeLessThanOrEqual(2);
});

test('a team that comes back gets its share and the credit, not the cluster', () => {
  const { workerSeconds, due, credit } = measureReturn();
  expect(workerSeconds).toBeGreaterThan(due - 2);
  expect(workerSeconds).toBeLessThanOrEqual(due + credit);
});

test('300 queued jobs of one team delay another one’s first gradient by at most 10 %', () => {
  expect(measureFlood(4, 300).delay).toBeLessThanOrEqual(0.1);
});

test('80 % of the estimated starts are right within 30 %', () => {
  expect(measureEstimates(1).within30Percent).toBeGreaterThanOrEqual(0.8);
});
