import { JobTiming, JobTrace, validate } from '@descent/contracts';
import { expect, test } from 'vitest';
import { createStepBreakdown, phasesOf } from './step-breakdown.ts';
import type { StepTimes, UnitTimes } from './step-times.ts';

const unit: UnitTimes = {
  kind: 'train',
  version: 0,
  first: 0,
  count: 1,
  worker: 'w1',
  openedAt: 1000,
  assignedAt: 1001,
  answeredAt: 1015,
  receivedAt: 1016,
  acceptedAt: 1017,
  handedOut: 1,
  work: { wait: 1, pull: 2, data: 0.5, compute: 8, sum: 0 },
};
const step: StepTimes = {
  step: 0,
  samples: 8,
  openedAt: 1000,
  completedAt: 1019,
  appliedAt: 1024,
  reduceMs: 1,
  updateMs: 3,
};
const at = (ms: number, index: number): StepTimes => ({
  ...step,
  step: index,
  openedAt: ms,
  completedAt: ms + 19,
  appliedAt: ms + 24,
});

test('every millisecond from the opening of a step to its update has a phase', () => {
  expect(phasesOf(unit, step)).toEqual({
    queue: 2,
    pull: 2,
    data: 0.5,
    compute: 8,
    push: 4.5,
    wait: 2,
    reduce: 1,
    update: 3,
  });
});

test('micro-batches that were computed together share the work and wait alike', () => {
  const both = { ...unit, count: 2, work: { ...unit.work, sum: 0.25 } };
  expect(phasesOf(both, step)).toMatchObject({ data: 0.25, compute: 4, wait: 2, reduce: 1.25, push: 4.25 });
});

test('the means are those of the latest 256 steps', () => {
  const breakdown = createStepBreakdown({ clock: () => 0 });
  expect(breakdown.timing()).toBeUndefined();
  for (let index = 0; index < 600; index++) {
    const slow = index < 344 ? 100 : 8;
    breakdown.unit({ ...unit, version: index, work: { ...unit.work, compute: slow } });
    breakdown.unit({
      ...unit,
      version: index,
      first: 1,
      worker: 'w2',
      work: { ...unit.work, compute: slow + 2 },
    });
    breakdown.step(at(1000 + 30 * index, index));
  }
  expect(breakdown.timing()).toMatchObject({
    steps: 256,
    microBatches: 512,
    stepMs: 30,
    phases: { compute: 9 },
  });
});

test('evaluations and units of other versions do not count', () => {
  const breakdown = createStepBreakdown({ clock: () => 0 });
  breakdown.unit({ ...unit, kind: 'evaluate' });
  breakdown.unit({ ...unit, version: 1 });
  breakdown.unit(unit);
  breakdown.step(step);
  expect(breakdown.timing()).toMatchObject({ steps: 1, microBatches: 1, stepMs: 24 });
});

test('the trace holds the latest 64 steps, from the opening of the first on', () => {
  const breakdown = createStepBreakdown({ clock: () => 10_000, now: () => 1_767_225_600_000 });
  for (let index = 0; index < 70; index++) {
    const openedAt = 1000 + 30 * index;
    breakdown.unit({ ...unit, version: index, assignedAt: openedAt + 1 });
    breakdown.step(at(openedAt, index));
  }
  const trace = breakdown.trace()!;
  expect(trace.steps).toHaveLength(64);
  expect(trace.steps[0]).toEqual({
    step: 6,
    openedAt: 0,
    completedAt: 19,
    appliedAt: 24,
    reduceMs: 1,
    updateMs: 3,
  });
  expect(trace.units[0]).toMatchObject({ step: 6, worker: 0, assignedAt: 1, computeMs: 8 });
  // 8.82 s before the clock's 10 s.
  expect(trace.startedAt).toBe('2025-12-31T23:59:51.180Z');
  expect(() => validate(JobTrace, trace)).not.toThrow();
  expect(() => validate(JobTiming, breakdown.timing())).not.toThrow();
});

test('a report carries what is new: means at once, the trace every 5 s and at the end', () => {
  let nowMs = 0;
  const breakdown = createStepBreakdown({ clock: () => nowMs });
  expect(breakdown.news(false)).toEqual({});
  const apply = () => {
    breakdown.unit(unit);
    breakdown.step(step);
  };
  apply();
  expect(Object.keys(breakdown.news(false))).toEqual(['timing', 'trace']);
  expect(breakdown.news(false)).toEqual({});
  apply();
  nowMs = 200;
  expect(Object.keys(breakdown.news(false))).toEqual(['timing']);
  nowMs = 5_000;
  expect(Object.keys(breakdown.news(false))).toEqual(['trace']);
  apply();
  expect(Object.keys(breakdown.news(true))).toEqual(['timing', 'trace']);
});

test('who listens hears the phases of every result once', () => {
  const heard: [number, number][] = [];
  const breakdown = createStepBreakdown({
    clock: () => 0,
    onPhases: ({ compute }, microBatches) => void heard.push([compute, microBatches]),
  });
  breakdown.unit({ ...unit, count: 2 });
  breakdown.step(step);
  expect(heard).toEqual([[4, 2]]);
});
