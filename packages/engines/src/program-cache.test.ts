import { expect, it } from 'vitest';
import { ProgramCache } from './program-cache.ts';

function cacheOf(capacity: number) {
  const [prepared, ended] = [[] as string[], [] as string[]];
  const cache = new ProgramCache<string>(capacity, async (key) => {
    ended.push(key);
  });
  const acquire = (key: string) =>
    cache.acquire(key, async () => {
      prepared.push(key);
      return key;
    });
  return { cache, prepared, ended, acquire };
}

it('a program asked for twice is prepared once, at the same time or later', async () => {
  const { cache, prepared, acquire } = cacheOf(1);
  await Promise.all([acquire('a'), acquire('a')]);
  await cache.release('a');
  await cache.release('a');
  await acquire('a');
  expect(prepared).toEqual(['a']);
});

it('the program released longest ago ends first', async () => {
  const { cache, ended, acquire } = cacheOf(2);
  for (const key of ['a', 'b', 'c']) await acquire(key);
  for (const key of ['b', 'a', 'c']) await cache.release(key);
  expect(ended).toEqual(['b']);
});

it('a program in use is never ended by others', async () => {
  const { cache, ended, acquire } = cacheOf(0);
  await acquire('a');
  await acquire('b');
  await cache.release('b');
  expect(ended).toEqual(['b']);
});

it('a preparation that fails is tried again when asked for again', async () => {
  const cache = new ProgramCache<string>(1, async () => {});
  await expect(
    cache.acquire('a', async () => {
      throw new Error('no memory');
    }),
  ).rejects.toThrow('no memory');
  await expect(cache.acquire('a', async () => 'ready')).resolves.toBe('ready');
});

it('clearing ends all programs', async () => {
  const { cache, ended, acquire } = cacheOf(4);
  await acquire('a');
  await acquire('b');
  await cache.clear();
  expect(ended.toSorted()).toEqual(['a', 'b']);
});
