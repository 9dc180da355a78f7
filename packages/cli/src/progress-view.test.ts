import { expect, test } from 'vitest';
import { createProgressView } from './progress-view.ts';
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
