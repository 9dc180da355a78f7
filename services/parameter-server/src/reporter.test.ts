import type { NewMetricPoint, Outcome, Report, ReportAnswer } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createReporter } from './reporter.ts';
import { createFakeTruth } from './truth.fixture.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const incarnation = 4;
const intervalMs = 200;
const paused: Outcome = { state: 'paused', step: 3 };

const away = () => new DescentError('UNAVAILABLE', { part: 'The api' });
const stale = () => new DescentError('INCARNATION_STALE', { jobId, current: 5, given: incarnation });

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2030, 0, 1) }));
afterEach(() => void vi.useRealTimers());

/** A reporter and an api that answers as the test says: `run` while nothing else is said. */
function createWorld() {
  const sent: Report[] = [];
  const wanted: ReportAnswer['wanted'][] = [];
  const world = {
    sent,
    wanted,
    fenced: 0,
    step: 0,
    answer: async (_: Report): Promise<ReportAnswer> => ({ wanted: 'run' }),
  };
  const reporter = createReporter({
    truth: createFakeTruth({
      report(id, report) {
        expect(id).toBe(jobId);
        sent.push(report);
        return world.answer(report);
      },
    }),
    jobId,
    incarnation,
    intervalMs,
    current: () => ({
      numericsClass: 'class-a',
      progress: {
        step: world.step,
        steps: 9,
        epoch: 0,
        epochs: 1,
        samplesPerSecond: 0,
        etaSeconds: null,
        workers: 1,
      },
    }),
    onWanted: (one) => wanted.push(one),
    onFenced: () => void world.fenced++,
  });
  return { world, reporter };
}

/** From now on a report is answered when the test says so. */
function holdAnswers(world: { answer(report: Report): Promise<ReportAnswer> }): () => void {
  let acknowledge = () => {};
  world.answer = () =>
    new Promise((resolve) => {
      acknowledge = () => resolve({ wanted: 'run' });
    });
  return () => acknowledge();
}

const point = (step: number): NewMetricPoint => ({
  step,
  epoch: 0,
  split: 'train',
  values: { loss: step },
  time: '2030-01-01T00:00:00.000Z',
});
const steps = (report: Report) => report.points.map(({ step }) => step);
const interval = () => vi.advanceTimersByTimeAsync(intervalMs);
const start = () => vi.advanceTimersByTimeAsync(0);

test('the first report goes out at once, the next after each interval, and serials grow by one', async () => {
  const { world } = createWorld();
  await start();
  world.step = 5;
  await vi.advanceTimersByTimeAsync(intervalMs - 1);
  expect(world.sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1 + intervalMs);
  expect(world.sent.map(({ serial, progress }) => [serial, progress.step])).toEqual([
    [0, 0],
    [1, 5],
    [2, 5],
  ]);
  expect(world.sent[0]).toMatchObject({ incarnation, numericsClass: 'class-a', outcome: null });
});

test('points and events are sent once, in order', async () => {
  const { world, reporter } = createWorld();
  reporter.point(point(1));
  reporter.point(point(2));
  reporter.event('worker-joined', 'Worker a joined', { worker: 'a' });
  reporter.event('log', 'hello');
  await start();
  await interval();
  expect(world.sent[0]).toMatchObject({
    points: [point(1), point(2)],
    events: [
      {
        time: '2030-01-01T00:00:00.000Z',
        type: 'worker-joined',
        message: 'Worker a joined',
        data: { worker: 'a' },
      },
      { time: '2030-01-01T00:00:00.000Z', type: 'log', message: 'hello', data: {} },
    ],
  });
  expect(world.sent[1]).toMatchObject({ points: [], events: [] });
});

test('an unacknowledged report is sent again unchanged with its serial, and later news wait for it', async () => {
  const { world, reporter } = createWorld();
  world.answer = () => Promise.reject(away());
  reporter.point(point(1));
  await start();
  reporter.point(point(2));
  await interval();
  world.answer = async () => ({ wanted: 'run' });
  await interval();
  reporter.point(point(3));
  await interval();
  expect(world.sent.map((report) => [report.serial, steps(report)])).toEqual([
    [0, [1]],
    [0, [1]],
    [0, [1]],
    [1, [2, 3]],
  ]);
  expect(world.sent[1]).toEqual(world.sent[0]);
  expect(world.fenced).toBe(0);
});

test('an error that is not one of ours is an outage like any other', async () => {
  const { world, reporter } = createWorld();
  world.answer = () => Promise.reject(new TypeError('terminated'));
  reporter.point(point(1));
  await start();
  world.answer = async () => ({ wanted: 'run' });
  await interval();
  expect(world.sent.map((report) => [report.serial, steps(report)])).toEqual([
    [0, [1]],
    [0, [1]],
  ]);
});

test('news that come while a report is under way belong to the next one', async () => {
  const { world, reporter } = createWorld();
  const acknowledge = holdAnswers(world);
  reporter.point(point(1));
  await start();
  reporter.point(point(2));
  await vi.advanceTimersByTimeAsync(10 * intervalMs);
  expect(world.sent.map(steps)).toEqual([[1]]);
  acknowledge();
  await interval();
  expect(world.sent.map(steps)).toEqual([[1], [2]]);
});

test('whatever is lost on the way to the api or back, it stores every point once and in order', async () => {
  const fate = fc.constantFrom('delivered', 'request lost', 'answer lost');
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 20 }), async (fates) => {
      const { world, reporter } = createWorld();
      const stored = new Map<number, Report>();
      world.answer = async (report) => {
        const now = fates.shift() ?? 'delivered';
        if (now === 'request lost') throw away();
        if (!stored.has(report.serial)) stored.set(report.serial, report);
        if (now === 'answer lost') throw away();
        return { wanted: 'run' };
      };
      const count = fates.length + 1;
      for (let step = 1; step <= count; step++) {
        reporter.point(point(step));
        await interval();
      }
      const done = reporter.finish(paused);
      await vi.advanceTimersByTimeAsync(intervalMs * (count + 2));
      await done;
      const reports = [...stored.values()];
      expect(reports.map(({ serial }) => serial)).toEqual(reports.map((_, index) => index));
      expect(reports.flatMap(steps)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
      expect(reports.findIndex(({ outcome }) => outcome !== null)).toBe(reports.length - 1);
    }),
    { numRuns: 50 },
  );
});

test('what the users want is passed on with each acknowledgement', async () => {
  const { world } = createWorld();
  world.answer = async () => ({ wanted: 'pause' });
  await start();
  world.answer = () => Promise.reject(away());
  await interval();
  world.answer = async () => ({ wanted: 'cancel' });
  await interval();
  expect(world.wanted).toEqual(['pause', 'cancel']);
});

test('the first point does not wait for the interval, the second does', async () => {
  const { world, reporter } = createWorld();
  await start();
  reporter.point(point(1));
  await start();
  reporter.point(point(2));
  await vi.advanceTimersByTimeAsync(intervalMs - 1);
  expect(world.sent.map(steps)).toEqual([[], [1]]);
  await vi.advanceTimersByTimeAsync(1);
  expect(world.sent.map(steps)).toEqual([[], [1], [2]]);
});

test('a first point that comes while a report is under way follows at once behind it', async () => {
  const { world, reporter } = createWorld();
  const acknowledge = holdAnswers(world);
  await start();
  reporter.point(point(1));
  await start();
  expect(world.sent.map(steps)).toEqual([[]]);
  acknowledge();
  await start();
  expect(world.sent.map(steps)).toEqual([[], [1]]);
});

test('the outcome goes last and at once, and finish resolves when the api has it', async () => {
  const { world, reporter } = createWorld();
  reporter.point(point(1));
  await start();
  reporter.point(point(2));
  const acknowledge = holdAnswers(world);
  let done = false;
  void reporter.finish(paused).then(() => {
    done = true;
  });
  await start();
  expect(world.sent[1]).toMatchObject({ serial: 1, points: [point(2)], outcome: paused });
  expect(done).toBe(false);
  acknowledge();
  await start();
  expect(done).toBe(true);
  await vi.advanceTimersByTimeAsync(10 * intervalMs);
  expect(world.sent).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('the outcome follows at once behind a report that was under way', async () => {
  const { world, reporter } = createWorld();
  const acknowledge = holdAnswers(world);
  await start();
  const done = reporter.finish(paused);
  acknowledge();
  await start();
  expect(world.sent.map(({ serial, outcome }) => [serial, outcome])).toEqual([
    [0, null],
    [1, paused],
  ]);
  acknowledge();
  await done;
});

test('the outcome outlasts an outage of the api', async () => {
  const { world, reporter } = createWorld();
  world.answer = () => Promise.reject(away());
  reporter.point(point(1));
  await start();
  let done = false;
  void reporter.finish(paused).then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).toBe(false);
  expect(world.sent.every(({ serial, outcome }) => serial === 0 && outcome === null)).toBe(true);
  const before = world.sent.length;
  world.answer = async () => ({ wanted: 'run' });
  await interval();
  // A timer of 0 ms that is set while another fires counts as 1 ms.
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toBe(true);
  expect(world.sent.slice(before).map(({ serial, outcome }) => [serial, outcome])).toEqual([
    [0, null],
    [1, paused],
  ]);
});

test('a job that another server owns is fenced off once, and nothing more is sent', async () => {
  const { world, reporter } = createWorld();
  await start();
  world.answer = () => Promise.reject(stale());
  await interval();
  expect(world.fenced).toBe(1);
  await vi.advanceTimersByTimeAsync(10 * intervalMs);
  expect(world.fenced).toBe(1);
  expect(world.sent).toHaveLength(2);
  await reporter.finish(paused);
  expect(world.sent).toHaveLength(2);
});

test('an outcome that another server makes void ends the wait for it', async () => {
  const { world, reporter } = createWorld();
  await start();
  world.answer = () => Promise.reject(stale());
  const done = reporter.finish(paused);
  await interval();
  await done;
  expect(world.fenced).toBe(1);
});

test('an abandoned job is not reported again', async () => {
  const { world, reporter } = createWorld();
  await start();
  reporter.point(point(1));
  reporter.abandon();
  await vi.advanceTimersByTimeAsync(10 * intervalMs);
  expect(world.sent).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('an answer that comes after the job was abandoned changes nothing', async () => {
  const { world, reporter } = createWorld();
  let refuse = () => {};
  world.answer = () =>
    new Promise((_, reject) => {
      refuse = () => reject(stale());
    });
  await start();
  reporter.abandon();
  refuse();
  await interval();
  expect([world.fenced, world.wanted, world.sent.length]).toEqual([0, [], 1]);
});

test('what somebody waits for does not wait for the interval', async () => {
  const { world, reporter } = createWorld();
  reporter.point(point(1));
  await start();
  reporter.point(point(2));
  const delivered = reporter.delivered();
  await start();
  await delivered;
  expect(world.sent.map(steps)).toEqual([[1], [2]]);
  reporter.abandon();
});

test('delivered resolves with the acknowledgement of all that was said before, and asks for it at once', async () => {
  const { world, reporter } = createWorld();
  await start();
  await reporter.delivered();
  let safe = false;
  world.answer = () => Promise.reject(away());
  reporter.point(point(1));
  await interval();
  reporter.point(point(2));
  void reporter.delivered().then(() => {
    safe = true;
  });
  await interval();
  expect(safe).toBe(false);
  world.answer = async () => ({ wanted: 'run' });
  // The report that was refused before, then at once the one that is waited for.
  await interval();
  await vi.advanceTimersByTimeAsync(1);
  expect(safe).toBe(true);
  expect(world.sent.map(steps).filter(({ length }) => length > 0)).toEqual([[1], [1], [1], [1], [2]]);
  reporter.abandon();
});

test('nobody waits for a job that is fenced off', async () => {
  const { world, reporter } = createWorld();
  world.answer = () => Promise.reject(stale());
  reporter.point(point(1));
  const delivered = reporter.delivered();
  await start();
  await delivered;
  await reporter.delivered();
  expect(world.fenced).toBe(1);
});
