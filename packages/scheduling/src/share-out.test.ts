import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOut } from './share-out.ts';

test('what one cannot use goes to the others by weight', () => {
  expect(
    shareOut(10, [
      { weight: 1, cap: 1 },
      { weight: 1, cap: 100 },
      { weight: 2, cap: 100 },
    ]),
  ).toEqual([1, 3, 6]);
});

test('nothing is given twice, nothing is kept back, nobody gets more than they can use', () => {
  const claim = fc.record({ weight: fc.integer({ min: 1, max: 9 }), cap: fc.integer({ min: 0, max: 20 }) });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.array(claim, { maxLength: 8 }), (capacity, claims) => {
      const shares = shareOut(capacity, claims);
      const wanted = claims.reduce((total, { cap }) => total + cap, 0);
      expect(shares.reduce((total, share) => total + share, 0)).toBeCloseTo(Math.min(capacity, wanted), 9);
      for (const [index, share] of shares.entries()) expect(share).toBeLessThanOrEqual(claims[index]!.cap);
    }),
  );
});
