import { jobStates } from '@descent/contracts';
import { expect, test } from 'vitest';
import { type JobSituation, type JobStimulus, transition } from './job-state.ts';

const stimuli = {
  cancel: { type: 'cancel' },
  pause: { type: 'pause' },
  resume: { type: 'resume' },
  claim: { type: 'claim' },
  alive: { type: 'report', computing: false },
  computing: { type: 'report', computing: true },
  yield: { type: 'yield' },
  lose: { type: 'lose' },
  stop: { type: 'stop' },
  succeed: { type: 'succeed' },
  fail: { type: 'fail' },
} as const satisfies Record<string, JobStimulus>;
type StimulusName = keyof typeof stimuli;
type Row = Record<StimulusName, string | null>;

const nothing: Row = {
  cancel: null,
  pause: null,
  resume: null,
  claim: null,
  alive: null,
  computing: null,
  yield: null,
  lose: null,
  stop: null,
  succeed: null,
  fail: null,
};

/** Every pair: situation `state/wanted` → situation after each stimulus, null where it is refused. */
const table: Record<string, Row> = {
  'queued/run': {
    cancel: 'cancelled/run',
    pause: 'paused/run',
    resume: null,
    claim: 'preparing/run',
    alive: 'preparing/run',
    computing: 'running/run',
    yield: null,
    lose: 'queued/run',
    stop: 'queued/run',
    succeed: 'succeeded/run',
    fail: 'failed/run',
  },
  'paused/run': { ...nothing, cancel: 'cancelled/run', resume: 'queued/run' },
  'succeeded/run': nothing,
  'failed/run': nothing,
  'cancelled/run': nothing,
};
for (const state of ['preparing', 'running'] as const) {
  const always = { resume: null, claim: null, succeed: 'succeeded/run', fail: 'failed/run' };
  table[`${state}/run`] = {
    ...always,
    cancel: `${state}/cancel`,
    pause: `${state}/pause`,
    yield: `${state}/yield`,
    alive: `${state}/run`,
    computing: 'running/run',
    lose: 'queued/run',
    stop: 'queued/run',
  };
  table[`${state}/yield`] = {
    ...always,
    cancel: `${state}/cancel`,
    pause: `${state}/pause`,
    yield: null,
    alive: `${state}/yield`,
    computing: 'running/yield',
    lose: 'queued/run',
    stop: 'queued/run',
  };
  table[`${state}/pause`] = {
    ...always,
    cancel: `${state}/cancel`,
    pause: null,
    yield: null,
    alive: `${state}/pause`,
    computing: 'running/pause',
    lose: 'paused/run',
    stop: 'paused/run',
  };
  table[`${state}/cancel`] = {
    ...always,
    cancel: null,
    pause: null,
    yield: null,
    alive: `${state}/cancel`,
    computing: 'running/cancel',
    lose: 'cancelled/run',
    stop: 'cancelled/run',
  };
}

test.each(Object.keys(table))('from %s every stimulus leads where the table says', (from) => {
  const [state, wanted] = from.split('/') as [JobSituation['state'], JobSituation['wanted']];
  const actual = Object.fromEntries(
    Object.entries(stimuli).map(([name, stimulus]) => {
      const next = transition({ state, wanted }, stimulus);
      return [name, next === null ? null : `${next.state}/${next.wanted}`];
    }),
  );
  expect(actual).toEqual(table[from]);
});

test('the table covers every state', () => {
  expect([...new Set(Object.keys(table).map((key) => key.split('/')[0]))].sort()).toEqual(
    [...jobStates].sort(),
  );
});

test('a wish is only ever open while a server holds the job', () => {
  for (const from of Object.keys(table)) {
    for (const after of Object.values(table[from] ?? {})) {
      if (after === null || after.endsWith('/run')) continue;
      expect(after).toMatch(/^(preparing|running)\//);
    }
  }
});
