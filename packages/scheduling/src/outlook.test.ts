import { validate, Waiting, waitingReasons } from '@descent/contracts';
import { describe, expect, test } from 'vitest';
import { forecast, forecastInSteps } from './forecast.ts';
import { book, openLedger } from './ledger.ts';
import { createOutlook, type Pace } from './outlook.ts';
import { defaultSettings } from './settings.ts';
import { heldJob, nowMs, type ViewChanges, viewOf, waitingJob } from './view.fixture.ts';
import type { SchedulingView } from './view.ts';

const ledger = openLedger(nowMs);
const atOnce: Pace = async (steps) => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};
const outlook = (view: SchedulingView, books = ledger) => createOutlook(view, books, defaultSettings, atOnce);
const seconds = (view: SchedulingView) =>
  Object.fromEntries(
    [...forecast(view, ledger, defaultSettings)].map(([id, { startMs, finishMs }]) => [
      id,
      [startMs, finishMs].map((ms) => (ms === null ? null : Math.round((ms - nowMs) / 1000))),
    ]),
  );
const at = (inSeconds: number) => new Date(nowMs + inSeconds * 1000).toISOString();

describe('forecast', () => {
  test('one place after the other', () => {
    const jobs = [heldJob('h'), waitingJob('1'), waitingJob('2', { queuedAtMs: nowMs })];
    expect(seconds(viewOf(jobs, { cluster: { places: 1 } }))).toEqual({
      h: [-60, 25],
      1: [25, 50],
      2: [50, 75],
    });
  });

  test('workers are shared by weight, and a job uses no more than it may', () => {
    const jobs = [heldJob('a', { remainingWorkerSeconds: 120 }), heldJob('b', { team: 'b', maxWorkers: 1 })];
    expect(seconds(viewOf(jobs, { teams: { a: { weight: 3 } } }))).toEqual({ a: [-60, 40], b: [-60, 100] });
  });

  test('behind a job of unknown length nothing is foreseen', () => {
    const jobs = [heldJob('h', { remainingWorkerSeconds: null }), waitingJob('1')];
    expect(seconds(viewOf(jobs, { cluster: { places: 1 } }))).toEqual({ h: [-60, null], 1: [null, null] });
  });

  test('the events that are looked at do not grow with the jobs that wait, and it stops after each', () => {
    const stops = (count: number) => {
      const jobs = Array.from({ length: count }, (_, index) =>
        waitingJob(`${index}`, { team: `${index % 5}` }),
      );
      return [...forecastInSteps(viewOf(jobs), ledger, defaultSettings)].length;
    };
    expect([stops(2_000), stops(10_000)]).toEqual([505, 505]);
  });

  test('a yield is foreseen', () => {
    const jobs = [1, 2].map((id) =>
      heldJob(`h${id}`, { heldSinceMs: nowMs - 20_000, remainingWorkerSeconds: 900 }),
    );
    expect(seconds(viewOf([...jobs, waitingJob('new', { team: 'b' })])).new).toEqual([10, 60]);
  });
});

describe('waiting', () => {
  test('questions that are asked at once share a forecast', async () => {
    let made = 0;
    const one = createOutlook(
      viewOf([waitingJob('1'), waitingJob('2'), waitingJob('3')]),
      ledger,
      defaultSettings,
      (steps) => {
        made++;
        return atOnce(steps);
      },
    );
    await Promise.all(['1', '2'].map((id) => one.waiting(id)));
    await one.estimatedFinish('3');
    expect(made).toBe(1);
  });

  test('position, what is ahead, estimated start and what would help', async () => {
    const jobs = [
      heldJob('h'),
      heldJob('i', { team: 'b', remainingWorkerSeconds: 50 }),
      waitingJob('first', { team: 'b' }),
      waitingJob('own', { priority: 1 }),
      waitingJob('x'),
    ];
    const books = book(book(ledger, 'a', 1, 30), 'b', 1, 10);
    const waiting = await outlook(viewOf(jobs), books).waiting('x');
    expect(waiting).toMatchObject({
      reason: 'behind-own-jobs',
      position: { team: 2, whole: 3 },
      ahead: 2,
      message: '2 jobs ahead; your team used 150 % of its share; your own jobs come first',
      whatIf: { change: 'first-in-team', estimatedStart: at(50) },
    });
    expect(waiting!.whatIf!.message).toBe('As the first of your team’s jobs it would start in 50 s');
  });

  test('with one worker it would start now', async () => {
    const view = viewOf([waitingJob('x')], { cluster: { workers: 0 } });
    expect(await outlook(view).waiting('x')).toEqual({
      reason: 'no-worker',
      message: 'No worker is there',
      position: { team: 1, whole: 1 },
      ahead: 0,
      estimatedStart: null,
      whatIf: {
        change: 'worker-added',
        estimatedStart: at(0),
        message: 'With 1 worker it would start now',
      },
    });
  });

  test('the change that is named fits the reason', async () => {
    const change = async (changes: ViewChanges, books = ledger, memoryBytes = 100) =>
      (await outlook(viewOf([waitingJob('x', { memoryBytes })], changes), books).waiting('x'))!.whatIf
        ?.change;
    expect(await change({ cluster: { paused: true } })).toBe('maintenance-over');
    expect(await change({ teams: { a: { paused: true } } })).toBe('team-resumed');
    expect(await change({ teams: { a: { budgetWorkerSeconds: 1 } } }, book(ledger, 'a', 1, 1))).toBe(
      'budget-raised',
    );
    expect(await change({ teams: { a: { storedBytesLimit: 0 } } })).toBe('storage-freed');
    expect(await change({ cluster: { servers: [] } })).toBe('server-added');
    expect(await change({}, ledger, 5000)).toBe('server-added');
    expect(await change({ cluster: { places: 0 } })).toBe('place-added');
    expect(await change({ teams: { a: { runningLimit: 0 } } })).toBe('running-limit-raised');
  });

  test('what would not help is not named', async () => {
    const view = viewOf([waitingJob('x')], { cluster: { workers: 0, places: 0 } });
    expect((await outlook(view).waiting('x'))!.whatIf).toBeNull();
  });

  test('a job that runs does not wait, and has an estimated finish', async () => {
    const one = outlook(viewOf([heldJob('h')]));
    expect(await one.waiting('h')).toBeNull();
    expect(await one.estimatedFinish('h')).toBe(at(25));
  });

  test('every answer is one of the contract', async () => {
    const jobs = [heldJob('h'), ...['1', '2', '3'].map((id) => waitingJob(id))];
    const one = outlook(viewOf(jobs));
    for (const id of ['1', '2', '3'])
      expect(waitingReasons).toContain(validate(Waiting, await one.waiting(id)).reason);
  });
});
