import type { Engine } from '@descent/engines';
import { expect, test } from 'vitest';
import { slowDown, slowdownOf } from './slow-down.ts';

test('the first rule that fits a worker counts; others are not slowed down', () => {
  expect(slowdownOf('worker-4:40,*:4', 'worker-4')).toBe(40);
  expect(slowdownOf('worker-4:40,*:4', 'worker-1')).toBe(4);
  expect(slowdownOf('worker-4:40', 'worker-1')).toBe(1);
  expect(slowdownOf(undefined, 'worker-1')).toBe(1);
  expect(slowdownOf('*:0.1', 'worker-1')).toBe(1);
  expect(slowdownOf('*:many', 'worker-1')).toBe(1);
});

test('a run takes as many times as long as is asked for', async () => {
  const run = async () => {
    const end = performance.now() + 5;
    while (performance.now() < end);
  };
  const engine = { compile: async () => ({ bind: () => ({ run }) }) } as unknown as Engine;
  const program = await slowDown(engine, 3).compile({} as never, { batch: 1 });
  const started = performance.now();
  await program.bind({} as never).run();
  expect(performance.now() - started).toBeGreaterThanOrEqual(14);
});
