import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createLedger, emptyLedger } from './ledger.ts';

/** SHA-256(hash of the step before ‖ step ‖ samples ‖ loss sum ‖ metric sums), numbers as little-endian f64. */
function chained(before: string, numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((value, index) => {
    view.setFloat64(8 * index, value, true);
  });
  return createHash('sha256')
    .update(Buffer.from(before, 'hex'))
    .update(new Uint8Array(view.buffer))
    .digest('hex');
}

const first = [64, 140.5, 12];
const second = [64, 0.1 + 0.2, 20];

test('a ledger without steps is 64 zeros', () => {
  expect(createLedger().hash).toBe('0'.repeat(64));
  expect(emptyLedger).toBe('0'.repeat(64));
});

test('each step chains its number and its sums to the hash before it', () => {
  const ledger = createLedger();
  ledger.append(0, Float64Array.from(first));
  const afterFirst = chained('0'.repeat(64), [0, ...first]);
  expect(ledger.hash).toBe(afterFirst);
  ledger.append(1, Float64Array.from(second));
  expect(ledger.hash).toBe(chained(afterFirst, [1, ...second]));
});

test('a ledger that continues ends like one that never stopped', () => {
  const whole = createLedger();
  whole.append(0, Float64Array.from(first));
  const continued = createLedger(whole.hash);
  for (const ledger of [whole, continued]) ledger.append(1, Float64Array.from(second));
  expect(continued.hash).toBe(whole.hash);
});

test('a last bit, a step number and the order of steps each change the hash', () => {
  const hashOf = (...steps: readonly (readonly [number, readonly number[]])[]) => {
    const ledger = createLedger();
    for (const [step, sums] of steps) ledger.append(step, Float64Array.from(sums));
    return ledger.hash;
  };
  const hashes = [
    hashOf([0, first], [1, second]),
    hashOf([0, first], [1, [64, 0.3, 20]]),
    hashOf([0, first], [2, second]),
    hashOf([1, second], [0, first]),
    hashOf([0, first]),
  ];
  expect(new Set(hashes).size).toBe(5);
});

test('only the given view of a payload is hashed', () => {
  const payload = Float64Array.from([9, ...first, 9]);
  const ledger = createLedger();
  ledger.append(0, payload.subarray(1, 4));
  expect(ledger.hash).toBe(chained(emptyLedger, [0, ...first]));
});
