import { expect, test } from 'vitest';
import { createFeeds } from './feeds.ts';

test('readers that ask the same share one answer, until something is announced', async () => {
  const feeds = createFeeds();
  let asked = 0;
  const doors: (() => void)[] = [];
  const ask = (job: string, question = 'after 3') =>
    feeds.share(job, question, async () => {
      const number = ++asked;
      await new Promise<void>((resolve) => doors.push(resolve));
      return number;
    });
  const before = [ask('a'), ask('a'), ask('a', 'after 4'), ask('b')];
  feeds.announce('a');
  const after = [ask('a'), ask('a'), ask('b')];
  for (const open of doors) open();
  expect(await Promise.all(before)).toEqual([1, 1, 2, 3]);
  expect(await Promise.all(after)).toEqual([4, 4, 3]);
  // Answered: whoever asks now asks anew.
  const last = ask('a');
  doors.at(-1)?.();
  expect(await last).toBe(5);
});

test('a question that failed is asked again', async () => {
  const feeds = createFeeds();
  await expect(feeds.share('a', 'q', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
  expect(await feeds.share('a', 'q', async () => 1)).toBe(1);
});
