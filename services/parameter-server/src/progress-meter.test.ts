import { expect, test } from 'vitest';
import { createProgressMeter } from './progress-meter.ts';

const still = { samplesPerSecond: 0, stepsPerSecond: 0 };

test('there is no speed before the second mark', () => {
  const meter = createProgressMeter();
  expect(meter.read(0)).toEqual(still);
  meter.applied(64, 1_000);
  expect(meter.read(1_500)).toEqual(still);
});

test('speed is what was applied since the first mark, over the time since then', () => {
  const meter = createProgressMeter();
  for (const time of [1_000, 1_500, 2_000]) meter.applied(64, time);
  expect(meter.read(2_000)).toEqual({ samplesPerSecond: 128, stepsPerSecond: 2 });
  expect(meter.read(3_000)).toEqual({ samplesPerSecond: 64, stepsPerSecond: 1 });
});

test('steps closer than a tenth of a second are counted together and none is lost', () => {
  const meter = createProgressMeter();
  for (let time = 0; time < 1_000; time += 10) meter.applied(2, time);
  // The first mark takes the 10 steps of its tenth; 90 follow.
  expect(meter.read(900)).toEqual({ samplesPerSecond: 200, stepsPerSecond: 100 });
});

test('what is older than three seconds counts no longer', () => {
  const meter = createProgressMeter();
  meter.applied(1_000, 0);
  meter.applied(1_000, 500);
  meter.applied(10, 3_400);
  meter.applied(10, 3_900);
  expect(meter.read(4_400)).toEqual({ samplesPerSecond: 10, stepsPerSecond: 1 });
  expect(meter.read(6_900)).toEqual(still);
});
