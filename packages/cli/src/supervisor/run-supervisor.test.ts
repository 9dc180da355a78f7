import { expect, test } from 'vitest';
import { runSupervisor } from './run-supervisor.ts';
import type { PartPlan, StackEvent, StackState } from './stack-state.ts';

const plan = (name: string, needs: string[], stopRank: number): PartPlan => ({
  name,
  needs,
  stopRank,
  stopWithinMs: 3_000,
  readyWithinMs: 60_000,
});

/** Processes and time, both moved by hand. */
function createFakes() {
  const log: string[] = [];
  const phases: string[] = [];
  const alive = new Map<string, (event: StackEvent) => void>();
  const timers = new Map<number, () => void>();
  let serial = 0;
  return {
    log,
    phases,
    timers,
    ready: (name: string) => alive.get(name)?.({ type: 'ready', name, atMs: 0 }),
    die(name: string) {
      const dispatch = alive.get(name);
      alive.delete(name);
      dispatch?.({ type: 'exited', name, atMs: 0, problem: 'ended' });
    },
    runTimers() {
      for (const [key, callback] of [...timers]) {
        timers.delete(key);
        callback();
      }
    },
    seams: {
      spawn(name: string, start: number, dispatch: (event: StackEvent) => void) {
        log.push(`spawn ${name} ${start}`);
        alive.set(name, dispatch);
      },
      signal(name: string, signal: string) {
        log.push(`${signal} ${name}`);
      },
      tell: (text: string) => void log.push(text),
      changed: ({ phase }: StackState) => void phases.push(phase),
      setTimer(callback: () => void) {
        const key = serial++;
        timers.set(key, callback);
        return { clear: () => void timers.delete(key) };
      },
    },
  };
}

const plans = [plan('api', [], 1), plan('worker', ['api'], 0)];

test('the effects reach the processes, and timers that are over are cleared', async () => {
  const fakes = createFakes();
  const supervisor = runSupervisor(plans, fakes.seams);
  fakes.ready('api');
  fakes.ready('worker');
  await supervisor.up;
  expect(fakes.timers.size).toBe(0);
  fakes.die('worker');
  fakes.runTimers();
  fakes.ready('worker');
  supervisor.stop();
  fakes.die('worker');
  fakes.die('api');
  expect(await supervisor.finished).toBeNull();
  expect(fakes.timers.size).toBe(0);
  const changes = fakes.phases.length;
  supervisor.stop();
  expect(fakes.phases).toHaveLength(changes);
  expect(fakes.log).toEqual([
    'spawn api 1',
    'spawn worker 1',
    'worker ended; it is started again in 0.2 s',
    'spawn worker 2',
    'worker runs again',
    'SIGTERM worker',
    'SIGTERM api',
  ]);
});

test('a process that cannot be started at all fails the start, without recursion', async () => {
  const fakes = createFakes();
  const seams = {
    ...fakes.seams,
    spawn: (name: string, _start: number, dispatch: (event: StackEvent) => void) =>
      dispatch({ type: 'exited', name, atMs: 0, problem: 'cannot be started: ENOENT' }),
  };
  const supervisor = runSupervisor(plans, seams);
  fakes.runTimers();
  fakes.runTimers();
  expect(await supervisor.finished).toEqual({ part: 'api', problem: 'cannot be started: ENOENT' });
});
