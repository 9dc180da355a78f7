import type { ChromeTrace } from '@descent/client';
import { expect, test } from 'vitest';
import { sharesOf, timelineOf } from './timeline.ts';

const named = (tid: number, name: string) => ({
  name: 'thread_name',
  ph: 'M' as const,
  pid: 1,
  tid,
  args: { name },
});
const span = (
  tid: number,
  name: string,
  step: number,
  ts: number,
  dur: number,
  microBatches?: string,
  handedOut?: number,
) => ({
  name,
  ph: 'X' as const,
  pid: 1,
  tid,
  ts: ts * 1000,
  dur: dur * 1000,
  args: { step, ...(microBatches !== undefined && { microBatches }), ...(handedOut && { handedOut }) },
});
const trace: ChromeTrace = {
  displayTimeUnit: 'ms',
  otherData: {},
  traceEvents: [
    named(0, 'parameter server'),
    named(1, 'a'),
    named(2, 'a, sending'),
    named(3, 'b'),
    named(4, 'b, sending'),
    span(1, 'compute', 4, 0, 10, '0–3'),
    span(2, 'push', 4, 10, 1, '0–3'),
    span(1, 'compute', 5, 20, 4, '0'),
    span(2, 'push', 5, 24, 1, '0'),
    span(3, 'compute', 5, 20, 8, '1', 2),
    span(4, 'push', 5, 28, 2, '1'),
    span(0, 'update', 5, 30, 10),
  ],
};

test('the latest steps lie on one lane for the server and one for each worker, sending behind computing', () => {
  const { lanes, begin, end } = timelineOf(trace, 1);
  expect(lanes.map(({ name }) => name)).toEqual(['parameter server', 'a', 'b']);
  expect(lanes[2]?.spans.map(({ phase, begin, end }) => [phase, begin, end])).toEqual([
    ['compute', 20, 28],
    ['push', 28, 30],
  ]);
  expect([begin, end]).toEqual([20, 40]);
});

test('the share of a worker says how much it computed, how busy it was, and which steps waited for it', () => {
  expect(sharesOf(timelineOf(trace, 2))).toEqual([
    { name: 'a', microBatches: 5, meanMs: 14 / 5, busy: 14 / 40, last: 1, again: 0 },
    { name: 'b', microBatches: 1, meanMs: 8, busy: 8 / 40, last: 1, again: 1 },
  ]);
});

test('what was computed again is marked, and what a step waited for alone', () => {
  const [, a, b] = timelineOf(trace, 2).lanes;
  const marks = (lane: typeof a) =>
    lane?.spans.filter(({ phase }) => phase === 'compute').map(({ again, late }) => [again, late]);
  expect(marks(a)).toEqual([
    [false, false],
    [false, false],
  ]);
  // It came at 30, the other at 25, of a step that began at 20.
  expect(marks(b)).toEqual([[true, true]]);
});

test('a trace before the first step is empty', () => {
  expect(timelineOf({ ...trace, traceEvents: [] }, 8)).toEqual({ lanes: [], begin: 0, end: 0 });
});
