import { expect, test } from 'vitest';
import { nearestKnown, tracePolyline } from './polyline.ts';

function trace(xs: number[], ys: number[]): string[] {
  const drawn: string[] = [];
  const sink = {
    move: (x: number, y: number) => drawn.push(`M${x},${y}`),
    line: (x: number, y: number) => drawn.push(`L${x},${y}`),
  };
  const line = { factor: 1, offset: 0 };
  const same = (value: number) => value;
  tracePolyline(Float64Array.from(xs), Float64Array.from(ys), 0, xs.length - 1, line, same, sink);
  return drawn;
}

test('rows without a value are bridged', () => {
  expect(trace([1, 2, 3], [5, Number.NaN, 7])).toEqual(['M1,5', 'L3,7']);
});

test('points on one pixel column shrink to their extent, and the line leaves from the last of them', () => {
  const xs = [0, 1, 1.1, 1.2, 1.3, 2];
  expect(trace(xs, [0, 4, 9, 1, 6, 5])).toEqual(['M0,0', 'L1,4', 'L1,1', 'L1,9', 'L1,6', 'L2,5']);
});

test('a hundred thousand points cost no more than the pixels they fall on', () => {
  const xs = Array.from({ length: 100_000 }, (_, row) => row / 100);
  expect(trace(xs, xs.map(Math.sin)).length).toBeLessThan(4 * 1001 + 4);
});

test('the nearest row with a value is found on either side', () => {
  const column = Float64Array.of(Number.NaN, 1, Number.NaN, Number.NaN, 2);
  expect([0, 1, 2, 3, 4].map((row) => nearestKnown(column, row))).toEqual([1, 1, 1, 4, 4]);
  expect(nearestKnown(Float64Array.of(Number.NaN), 0)).toBeNull();
});
