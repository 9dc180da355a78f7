import { expect, test } from 'vitest';
import { backOffMs, decide } from './decide.ts';
import {
  createStackState,
  type Effect,
  type PartPlan,
  type StackEvent,
  type StackState,
} from './stack-state.ts';

const part = (name: string, needs: string[], stopRank: number): PartPlan => ({
  name,
  needs,
  stopRank,
  stopWithinMs: 3_000,
  readyWithinMs: 60_000,
});
const plans = [
  part('queue', [], 2),
  part('api', ['queue'], 1),
  part('one', ['api'], 0),
  part('two', ['api'], 0),
];

/** Plays events and keeps what was to be done, without timers unless they are asked for. */
function play(events: readonly StackEvent[], from: StackState = createStackState(plans)) {
  let state = from;
  const effects: Effect[] = [];
  for (const event of events) {
    const decision = decide(state, event);
    state = decision.state;
    effects.push(...decision.effects);
  }
  const spawned = effects.flatMap((effect) => (effect.type === 'spawn' ? [effect.name] : []));
  const signals = effects.flatMap((effect) =>
    effect.type === 'signal' ? [`${effect.signal} ${effect.name}`] : [],
  );
  const timers = effects.flatMap((effect) =>
    effect.type === 'timer' ? [[effect.name, effect.afterMs]] : [],
  );
  return { state, effects, spawned, signals, timers };
}

const ready = (name: string, atMs = 0): StackEvent => ({ type: 'ready', name, atMs });
const exited = (name: string, atMs = 0): StackEvent => ({ type: 'exited', name, atMs, problem: 'ended' });
const left = (name: string): StackEvent => ({ type: 'left', name, reason: 'it was drained' });
const due = (name: string): StackEvent => ({ type: 'due', name });
const started = play([{ type: 'begin' }, ready('queue'), ready('api'), ready('one'), ready('two')]).state;

test('a part is started once all that it needs is running', () => {
  expect(play([{ type: 'begin' }]).spawned).toEqual(['queue']);
  expect(play([{ type: 'begin' }, ready('queue')]).spawned).toEqual(['queue', 'api']);
  expect(play([{ type: 'begin' }, ready('queue'), ready('api')]).spawned).toEqual([
    'queue',
    'api',
    'one',
    'two',
  ]);
});

test('the stack is up when every part has been running at the same time', () => {
  expect(started.phase).toBe('up');
  const events = [
    { type: 'begin' } as const,
    ready('queue'),
    ready('api'),
    ready('one'),
    exited('one'),
    ready('two'),
  ];
  expect(play(events).state.phase).toBe('starting');
  expect(play([...events, due('one'), ready('one')]).effects.at(-1)).toEqual({ type: 'up' });
});

test('a part that ends is started again after 0.2 s, then twice as long each time, 5 s at most', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(backOffMs)).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  const first = play([exited('one', 10)], started);
  expect(first.timers).toEqual([['one', 200]]);
  expect(first.effects[0]).toEqual({ type: 'tell', text: 'one ended; it is started again in 0.2 s' });
  const second = play([due('one'), ready('one', 300), exited('one', 400)], first.state);
  expect(second.spawned).toEqual(['one']);
  expect(second.timers.at(-1)).toEqual(['one', 400]);
});

test('the other parts stay while one is started again', () => {
  const { state, signals } = play([exited('api', 10)], started);
  expect(signals).toEqual([]);
  expect(state.parts.map(({ state }) => state.phase)).toEqual([
    'running',
    'backing-off',
    'running',
    'running',
  ]);
});

test('10 s of good health forget the failures before', () => {
  const failed = play([exited('one', 10), due('one'), ready('one', 1_000)], started).state;
  expect(play([exited('one', 10_999)], failed).timers).toEqual([['one', 400]]);
  expect(play([exited('one', 11_000)], failed).timers).toEqual([['one', 200]]);
});

test('a part that fails three times before the stack is up ends the stack with its problem', () => {
  const events: StackEvent[] = [{ type: 'begin' }, ready('queue')];
  for (let attempt = 0; attempt < 2; attempt++) events.push(exited('api'), due('api'));
  const { state, signals } = play([...events, exited('api')]);
  expect(state.phase).toBe('stopping');
  expect(signals).toEqual(['SIGTERM queue']);
  expect(play([exited('queue')], state).effects.at(-1)).toEqual({
    type: 'finished',
    failure: { part: 'api', problem: 'ended' },
  });
});

test('a part of a stack that is up may fail for ever', () => {
  const events = Array.from({ length: 50 }, () => [exited('one'), due('one')]).flat();
  expect(play(events, started).state.phase).toBe('up');
});

test('a part that says that it leaves is not started again, and the others stay', () => {
  const { state, effects, spawned, timers } = play(
    [left('one'), exited('one', 10), exited('two', 10), due('two')],
    started,
  );
  expect(state.parts.map(({ state }) => state.phase)).toEqual(['running', 'running', 'stopped', 'starting']);
  expect(effects[0]).toEqual({
    type: 'tell',
    text: 'one leaves: it was drained. The next start of the service starts it again',
  });
  expect(spawned).toEqual(['two']);
  expect(timers.slice(0, 2)).toEqual([
    ['one', 3_000],
    ['one', null],
  ]);
  expect(play([{ type: 'stop' }], play([left('one'), exited('one')], started).state).signals).toEqual([
    'SIGTERM two',
  ]);
});

test('a part that says that it leaves and does not end is killed', () => {
  expect(play([left('one'), due('one')], started).signals).toEqual(['SIGKILL one']);
});

test('a stack comes up without a part that left meanwhile', () => {
  const events = [{ type: 'begin' } as const, ready('queue'), ready('api'), ready('one'), left('one')];
  expect(play([...events, exited('one'), ready('two')]).effects.at(-1)).toEqual({ type: 'up' });
});

test('a process that is not ready in time is killed', () => {
  const { signals, state } = play([{ type: 'begin' }, due('queue')]);
  expect(signals).toEqual(['SIGKILL queue']);
  expect(play([exited('queue')], state).timers).toEqual([['queue', 200]]);
});

test('parts are stopped rank by rank, those of one rank together', () => {
  const told = play([{ type: 'stop' }], started);
  expect(told.signals).toEqual(['SIGTERM one', 'SIGTERM two']);
  const half = play([exited('one')], told.state);
  expect(half.signals).toEqual([]);
  const workersGone = play([exited('two')], half.state);
  expect(workersGone.signals).toEqual(['SIGTERM api']);
  const apiGone = play([exited('api')], workersGone.state);
  expect(apiGone.signals).toEqual(['SIGTERM queue']);
  const all = play([exited('queue')], apiGone.state);
  expect(all.effects.at(-1)).toEqual({ type: 'finished', failure: null });
  expect(all.state.phase).toBe('stopped');
});

test('a process that does not stop in time is killed', () => {
  const told = play([{ type: 'stop' }], started);
  expect(told.timers).toEqual([
    ['one', 3_000],
    ['two', 3_000],
  ]);
  expect(play([due('one')], told.state).signals).toEqual(['SIGKILL one']);
});

test('what dies while others are stopped is not started again', () => {
  const told = play([{ type: 'stop' }], started).state;
  const { spawned, signals, timers } = play([exited('api'), exited('one'), exited('two')], told);
  expect({ spawned, signals }).toEqual({ spawned: [], signals: ['SIGTERM queue'] });
  expect(timers.filter(([, afterMs]) => afterMs !== null)).toEqual([['queue', 3_000]]);
});

test('a part that waits to be started again, or has not been started, is stopped at once', () => {
  const backingOff = play([exited('one', 10)], started).state;
  expect(play([{ type: 'stop' }, exited('two')], backingOff).signals).toEqual(['SIGTERM two', 'SIGTERM api']);
  const { state, signals } = play([{ type: 'begin' }, { type: 'stop' }, exited('queue')]);
  expect(signals).toEqual(['SIGTERM queue']);
  expect(state.phase).toBe('stopped');
});

test('force kills every process at once', () => {
  expect(play([{ type: 'stop' }, { type: 'force' }], started).signals.slice(2)).toEqual([
    'SIGKILL queue',
    'SIGKILL api',
    'SIGKILL one',
    'SIGKILL two',
  ]);
  const killed = play(
    [{ type: 'force' }, exited('api'), exited('queue'), exited('two'), exited('one')],
    started,
  );
  expect(killed.effects.filter(({ type }) => type === 'finished')).toHaveLength(1);
});

test('a late timer or message changes nothing', () => {
  const stopped = play(
    [{ type: 'stop' }, exited('one'), exited('two'), exited('api'), exited('queue')],
    started,
  ).state;
  for (const event of [due('one'), ready('one'), exited('one'), { type: 'stop' } as const]) {
    expect(decide(stopped, event)).toEqual({ state: stopped, effects: [] });
  }
  expect(play([due('one'), ready('one', 5)], started)).toMatchObject({ effects: [], state: started });
});
