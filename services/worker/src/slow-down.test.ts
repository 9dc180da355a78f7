import type { Engine } from '@descent/engines';
import { expect, test, vi } from 'vitest';
import { slowDown, slowdownOf } from './slow-down.ts';

test('the first rule that fits a worker counts; others are not slowed down', () => {
  expect(slowdownOf('worker-4:40,*:4', 'worker-4')).toBe(40);
  expect(slowdownOf('worker-4:40,*:4', 'worker-1')).toBe(4);
  expect(slowdownOf('worker-4:40', 'worker-1')).toBe(1);
  expect(slowdownOf(undefined, 'worker-1')).toBe(1);
  expect(slowdownOf('*:0.1', 'worker-1')).toBe(1);
  expect(slowdownOf('*:many', 'worker-1')).toBe(1);
});

test('a run lasts as many times as long as the shortest one, whatever it takes itself and however late its timer rings', async () => {
  const times = [30, 10, 20];
  let clock = 0;
  const now = vi.spyOn(performance, 'now').mockImplementation(() => clock);
  const run = async () => {
    clock += times.shift() ?? 0;
  };
  try {
    const engine = { compile: async () => ({ bind: () => ({ run }) }) } as unknown as Engine;
    const slept: number[] = [];
    const late = [4, 0, 0];
    const asleep = async (ms: number) => {
      slept.push(ms);
      clock += ms + late.shift()!;
    };
    const program = await slowDown(engine, 3, asleep).compile({} as never, { batch: 1 });
    const bound = program.bind({} as never);
    for (let index = 0; index < 3; index++) await bound.run();
    expect(slept).toEqual([60, 16, 10]);
  } finally {
    now.mockRestore();
  }
});
