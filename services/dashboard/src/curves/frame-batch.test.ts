import { expect, test } from 'vitest';
import { createFrameBatch } from './frame-batch.ts';

test('a thousand requests between two frames run once, and the next frame runs again', () => {
  let runs = 0;
  const frames: (() => void)[] = [];
  const batch = createFrameBatch(
    () => {
      runs += 1;
    },
    (callback) => frames.push(callback),
    () => {},
  );
  for (let i = 0; i < 1000; i++) batch.request();
  expect(frames).toHaveLength(1);
  frames.shift()?.();
  expect(runs).toBe(1);
  batch.request();
  frames.shift()?.();
  expect(runs).toBe(2);
});
