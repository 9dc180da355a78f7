import { expect, test } from 'vitest';
import { createProgressView, createTrail } from './progress-view.ts';
import { exampleJob } from './testing-job.ts';

test('without a terminal a line comes every two seconds, and the last state at the end', () => {
  let nowMs = 0;
  const lines: string[] = [];
  const view = createProgressView({ write: (text: string) => lines.push(text) }, () => nowMs);
  const at = (ms: number, step: number) => {
    nowMs = ms;
    view.show(exampleJob({ progress: { ...exampleJob().progress, step } }));
  };
  at(0, 1);
  at(250, 2);
  at(1_999, 3);
  at(2_000, 4);
  at(2_250, 5);
  view.close();
  expect(lines.map((line) => /step (\d+)/.exec(line)?.[1])).toEqual(['1', '4', '5']);
});

test('events are shown, except those that only machines read', () => {
  const lines: string[] = [];
  const view = createProgressView({ write: (text: string) => lines.push(text) }, () => 0);
  const event = { sequence: 1, time: '', message: 'a worker left', data: {} };
  view.event({ ...event, type: 'worker-left' });
  view.event({ ...event, type: 'checkpoint', message: 'saved' });
  view.close();
  expect(lines).toEqual(['a worker left\n']);
});

test('the trail of a long run keeps its whole course, and steps that are computed again replace themselves', () => {
  const trail = createTrail();
  for (let step = 1; step <= 5_000; step++) trail.push(step, step);
  const values = trail.values();
  expect(values.length).toBeLessThanOrEqual(1_024);
  expect(values[0]).toBe(1);
  const gaps = values.slice(1).map((value, index) => value - (values[index] ?? 0));
  expect(Math.max(...gaps) / Math.min(...gaps.slice(0, -1))).toBeLessThan(3);
  expect(values.at(-1)).toBe(5_000);
  trail.push(4_000, 1);
  expect(trail.values().at(-1)).toBe(1);
  expect(trail.values().every((value) => value < 4_000)).toBe(true);
});
