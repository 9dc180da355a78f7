import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** Counts up to so many, a millisecond of the clock each. */
function counting(count: number) {
  const seen: number[] = [];
  const time = { now: 0 };
  const steps = function* (): Generator<void, number> {
    for (let index = 0; index < count; index++) {
      yield;
      time.now += 1;
      seen.push(index);
    }
    return count;
  };
  return { seen, time, steps };
}

test('after its time something long lets everything else go first, and ends with its result', async () => {
  const { seen, time, steps } = counting(10);
  const turns = createTurns(3, () => time.now);
  const done = turns.run(steps());
  const between: number[] = [];
  let ended = false;
  void done.then(() => {
    ended = true;
  });
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (ended) break;
    between.push(seen.length);
  }
  expect(await done).toBe(10);
  const longest = Math.max(...between.map((count, index) => count - (between[index - 1] ?? 0)));
  expect(longest).toBeLessThanOrEqual(3);
});

test('one thing at a time, and one that fails does not stop the next', async () => {
  const order: string[] = [];
  const turns = createTurns(0);
  const steps = function* (name: string, fails = false): Generator<void, string> {
    for (let index = 0; index < 3; index++) {
      order.push(name);
      yield;
    }
    if (fails) throw new Error(name);
    return name;
  };
  const first = turns.run(steps('a', true));
  const second = turns.run(steps('b'));
  await expect(first).rejects.toThrow('a');
  expect(await second).toBe('b');
  expect(order.join('')).toBe('aaabbb');
});

test('what it cost is told: while it is under way, and after', async () => {
  const { time, steps } = counting(10);
  const { run, cost } = createTurns(3, () => time.now).measured();
  const done = run(steps());
  expect(cost).toEqual({ busyMs: 0, underWay: 1 });
  await done;
  await Promise.resolve();
  expect(cost).toEqual({ busyMs: 10, underWay: 0 });
});
