import { expect, test } from 'vitest';
import { fuzzFrames } from './frame-fuzz.fixture.ts';

test('of 4,000 hostile frames none is accepted, and each is refused with an error of the catalogue', () => {
  const { accepted, refused } = fuzzFrames(4_000, 1);
  expect(accepted).toBe(0);
  expect([...refused.keys()].sort()).toEqual(
    expect.arrayContaining(['FRAME_CHECKSUM', 'FRAME_MALFORMED', 'LEASE_INVALID']),
  );
});
