import type { ClusterWorker } from '@descent/contracts';
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
  const lines = describeCluster({ jobs: [queued(1), running, queued(0)], workers: [] }, size).split('\n');
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
  expect(describeCluster({ jobs: [], workers: [] }, size).split('\n')).toHaveLength(1);
  const many = Array.from({ length: 40 }, (_, index) => queued(index));
  const lines = describeCluster({ jobs: many, workers: [] }, { ...size, rows: 10, columns: 20 }).split('\n');
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe('… 34 more lines');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
});

test('workers stand below with their load, the busiest first, and the job by its name', () => {
  const job = exampleJob();
  const worker = (name: string, load: number, of: string | null): ClusterWorker => ({
    ...{ id: `wk_${name}`, name, state: 'active', owner: null, team: null, mine: true, engine: 'onnx' },
    ...{ device: 'cpu', numericsClass: 'onnx-cpu-f32', threads: 1, job: of, load },
    ...{ samplesPerSecond: load * 20_000, joinedAt: '', heardAt: '' },
  });
  const workers = [
    worker('idle', 0, null),
    worker('busy', 0.97, job.id),
    worker('foreign', 0.5, 'job_other'),
  ];
  const lines = describeCluster({ jobs: [job], workers }, size)
    .split('\n')
    .slice(-4);
  expect(lines.map((line) => line.trimEnd())).toEqual([
    'worker   state   computes on  load              samples   job',
    'busy     active  onnx cpu     ██████████  97 %  19,400/s  example',
    'foreign  active  onnx cpu     █████░░░░░  50 %  10,000/s  job_other',
    'idle     active  onnx cpu     ░░░░░░░░░░   0 %  0/s       –',
  ]);
});
