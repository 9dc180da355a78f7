import { expect, test } from 'vitest';
import { defaultBackOff, delayBefore, wait } from './back-off.ts';

test('the delay doubles up to the longest, and chance takes off at most half', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => delayBefore(attempt, defaultBackOff, 1));
  expect(longest).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(delayBefore(3, defaultBackOff, 0)).toBe(500);
});

test('an abort ends the wait at once with its reason', async () => {
  const controller = new AbortController();
  const waiting = wait(3_600_000, controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(wait(3_600_000, controller.signal)).rejects.toThrow('enough');
});
