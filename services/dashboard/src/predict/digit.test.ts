import { expect, test } from 'vitest';
import { digitOf } from './digit.ts';

/** A drawing of 280 × 280 with one filled rectangle. */
function drawing(left: number, top: number, right: number, bottom: number) {
  const ink = new Uint8ClampedArray(280 * 280);
  for (let y = top; y < bottom; y++) ink.fill(255, y * 280 + left, y * 280 + right);
  return { width: 280, height: 280, ink };
}
const drawn = (digit: number[][]) => {
  const places = digit.flatMap((row, y) => row.flatMap((level, x) => (level > 127 ? [[x, y] as const] : [])));
  const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
  return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
};

test('a stroke anywhere on the paper comes out 20 high and centred', () => {
  expect(drawn(digitOf(drawing(30, 100, 50, 200), 28, 28))).toEqual([12, 15, 4, 23]);
  expect(digitOf(drawing(30, 100, 50, 200), 28, 28)).toEqual(digitOf(drawing(200, 20, 220, 120), 28, 28));
});

test('an empty paper is an empty image', () => {
  const digit = digitOf(drawing(0, 0, 0, 0), 28, 28);
  expect([digit.length, digit[0]?.length, Math.max(...digit.flat())]).toEqual([28, 28, 0]);
});
