import { expect, test } from 'vitest';
import { describeCluster } from './cluster-view.ts';
import { exampleJob } from './testing-job.ts';

const size = { url: 'http://lab:7070', rows: 50, columns: 200 };
const queued = (position: number) =>
  exampleJob({
    id: `job_${position}`,
    state: 'queued',
    queuePosition: position,
    reason: `${position} before it`,
    name: `waits\n${position}`,
  });

test('running jobs with their course, waiting ones in their order with the reason', () => {
  const running = exampleJob({ sparkline: [3, 2, 1], owner: { id: 'mem_1', name: 'Anna' } });
  const lines = describeCluster([queued(1), running, queued(0)], size).split('\n');
  expect(lines[0]).toBe(
    'http://lab:7070  1 running  2 waiting  0 paused  2 workers computing  41,200 samples/s',
  );
  expect(lines[3]).toMatch(
    /^job_01JD0{22} {2}example {2}Anna +71\.07 % {2}█▅▁ +0\.2134 {2}2 +41,200\/s {2}0:23$/,
  );
  expect(lines.slice(-2)).toEqual([
    'job_0    waits 0  0          0 before it',
    'job_1    waits 1  1          1 before it',
  ]);
});

test('an idle cluster is one line; what does not fit on the screen is counted', () => {
  expect(describeCluster([], size).split('\n')).toHaveLength(1);
  const many = Array.from({ length: 40 }, (_, index) => queued(index));
  const lines = describeCluster(many, { ...size, rows: 10, columns: 20 }).split('\n');
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe('… 34 more lines');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
});
