import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLease, verifyLease } from './lease.ts';

const key = Buffer.alloc(32, 7);
const claims = { jobId: 'job_A', incarnation: 3, serial: 12, expiresAt: 1_000_000 };
const lease = createLease(key, claims);
const at = 999_999;

test('a lease gives back what it was made for until the millisecond it ends', () => {
  expect(verifyLease(key, lease, claims, at)).toEqual(claims);
  expect(() => verifyLease(key, lease, claims, 1_000_000)).toThrow(
    expect.objectContaining({ code: 'LEASE_INVALID', message: 'The lease is not valid: it ended 0 ms ago' }),
  );
});

test.each([
  ['another job', { ...claims, jobId: 'job_B' }, key],
  ['another incarnation', { ...claims, incarnation: 4 }, key],
  ['another key', claims, Buffer.alloc(32, 8)],
])('a lease of %s is refused', (_, expected, withKey) => {
  expect(() => verifyLease(withKey, lease, expected, at)).toThrow('not of this parameter server');
});

test('a lease whose serial or expiry was changed is refused', () => {
  const [serial, expiry, signature] = lease.split('.');
  expect(() => verifyLease(key, `13.${expiry}.${signature}`, claims, at)).toThrow('signature');
  expect(() => verifyLease(key, `${serial}.9000000.${signature}`, claims, at)).toThrow('signature');
});

test('no other text is a lease, and none is repeated in the message', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((tail) => `${lease}${tail}x`),
      ),
      (text) => {
        try {
          verifyLease(key, text, claims, at);
          expect.unreachable();
        } catch (error) {
          expect(error).toMatchObject({ code: 'LEASE_INVALID' });
          if (text.length > 20) expect((error as Error).message).not.toContain(text);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
