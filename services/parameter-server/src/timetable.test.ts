import { expect, test } from 'vitest';
import { createTimetable } from './timetable.ts';

const base = { trainingSamples: 10, validationSamples: 1200, batchSize: 4, microBatches: 2, epochs: 3 };

test('the last mini-batch of an epoch is smaller and every sample occurs once per epoch', () => {
  const timetable = createTimetable(base);
  expect(timetable.stepsPerEpoch).toBe(3);
  expect(timetable.steps).toBe(9);
  const ranges = [0, 1, 2].flatMap((step) =>
    timetable.trainingUnits(step).map(({ start, end }) => [start, end]),
  );
  expect(ranges).toEqual([
    [0, 2],
    [2, 4],
    [4, 6],
    [6, 8],
    [8, 9],
    [9, 10],
  ]);
  expect(timetable.trainingUnits(3)).toEqual(timetable.trainingUnits(0));
  expect([0, 2, 3, 8].map(timetable.epochOf)).toEqual([0, 0, 1, 2]);
});

test('empty micro-batches are left out and the others are numbered without a gap', () => {
  const timetable = createTimetable({ ...base, trainingSamples: 5, microBatches: 4 });
  expect(timetable.trainingUnits(1)).toEqual([{ index: 0, start: 4, end: 5 }]);
});

test('evaluation slices have 500 samples whatever the batch size', () => {
  expect(createTimetable(base).evaluationUnits()).toEqual([
    { index: 0, start: 0, end: 500 },
    { index: 1, start: 500, end: 1000 },
    { index: 2, start: 1000, end: 1200 },
  ]);
});

test('evaluation is due at the end of each epoch, or as often as asked, and always at the end', () => {
  const due = (input: Partial<Parameters<typeof createTimetable>[0]>) => {
    const timetable = createTimetable({ ...base, ...input });
    return [...Array(10).keys()].filter(timetable.evaluationDue);
  };
  expect(due({})).toEqual([3, 6, 9]);
  expect(due({ evaluateEverySteps: 4 })).toEqual([4, 8, 9]);
  expect(due({ validationSamples: 0 })).toEqual([]);
});

test('a long epoch is checkpointed every 200 steps as well', () => {
  const timetable = createTimetable({ ...base, trainingSamples: 1000, batchSize: 2, epochs: 1 });
  expect([...Array(501).keys()].filter(timetable.checkpointDue)).toEqual([200, 400, 500]);
});
