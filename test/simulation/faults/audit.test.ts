import { expect, test } from 'vitest';
import type { FaultKind } from './faults.ts';
import { simulate } from './simulate.ts';

/** Faults after which those that can find the liar out are still there. */
const kinds: readonly FaultKind[] = [
  'server killed',
  'server stopped',
  'server cut off',
  'api killed',
  'answers of the api lost',
  'queue emptied',
  'queue delivers twice',
  'disk full',
  'gradients doubled',
];

test('a worker that lies is found out, and nothing of its work stays in the weights, whatever else happens', {
  timeout: 120_000,
}, async () => {
  let found = 0;
  const failed = [];
  for (let seed = 0; seed < 100; seed++) {
    const { problems, lies } = await simulate(seed, { kinds, withLiar: true });
    if (lies.foundOut) found++;
    if (problems.length > 0) failed.push({ seed, problems });
  }
  expect(failed).toEqual([]);
  expect(found).toBeGreaterThan(50);
});
