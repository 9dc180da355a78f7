import { expect, test } from 'vitest';
import { faultKinds } from './faults.ts';
import { simulate, type Verdict } from './simulate.ts';

const seeds = 2_000;

test(`${seeds} seeded schedules of faults: every step once, the curve whole, the bits of the reference`, {
  timeout: 300_000,
}, async () => {
  const failed: Verdict[] = [];
  const injected = new Set<string>();
  let incarnations = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const verdict = await simulate(seed);
    for (const { kind } of verdict.scenario.faults) injected.add(kind);
    incarnations += verdict.incarnations;
    if (verdict.problems.length > 0) failed.push(verdict);
  }
  expect(failed.map(({ seed, problems }) => ({ seed, problems }))).toEqual([]);
  expect([...injected].sort()).toEqual([...faultKinds].sort());
  // Parameter servers were lost and replaced all the time.
  expect(incarnations).toBeGreaterThan(1.2 * seeds);
});

test('a seed gives the same run, event by event, every time', async () => {
  for (const seed of [3, 77, 1_234]) {
    const [first, second] = [await simulate(seed), await simulate(seed)];
    expect(second).toEqual(first);
  }
});
