import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('a burst goes at once, what follows at the pace, and a rest gives the burst back', () => {
  const pace = createPace(100, 3);
  const take = () => pace.take('a');
  expect([take(), take(), take(), take(), take()]).toEqual([0, 0, 0, 10, 20]);
  expect(pace.take('b')).toBe(0);
  vi.advanceTimersByTime(30);
  expect([take(), take()]).toEqual([0, 10]);
  vi.advanceTimersByTime(1000);
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 10]);
});

test('who would wait too long takes no place', () => {
  const pace = createPace(100, 1);
  const waits = [0, 0, 0, 0].map(() => pace.take('a', 20));
  expect(waits).toEqual([0, 10, 20, null]);
  vi.advanceTimersByTime(10);
  expect(pace.take('a', 20)).toBe(20);
});
