import type { Team } from '@descent/client';
import { expect, test } from 'vitest';
import { readTeamForm, teamForm } from './team-form.ts';

const team = {
  name: 'Saddle points',
  weight: 2,
  runningLimit: null,
  budgetWorkerSeconds: 5400,
  storedBytesLimit: 1.5 * 2 ** 30,
  dueAt: '2026-02-01T23:59:59.000Z',
} as Team;

test('settings are written in hours and gibibytes, and read back as they were', () => {
  const form = teamForm(team);
  expect(form).toEqual({
    name: 'Saddle points',
    weight: '2',
    runningLimit: '',
    budgetHours: '1.5',
    storedGiB: '1.5',
    dueOn: '2026-02-01',
  });
  expect(readTeamForm(form)).toEqual(team);
});

test('an empty limit is none', () => {
  const empty = { ...teamForm(team), budgetHours: '', storedGiB: ' ', dueOn: '' };
  expect(readTeamForm(empty)).toMatchObject({
    budgetWorkerSeconds: null,
    storedBytesLimit: null,
    dueAt: null,
  });
});
