import type { Team, TeamChange } from '@descent/client';

/** The settings of a team as people write them; empty: no limit. */
export interface TeamForm {
  readonly name: string;
  readonly weight: string;
  readonly runningLimit: string;
  readonly budgetHours: string;
  readonly storedGiB: string;
  /** `2026-01-31` */
  readonly dueOn: string;
}

const gibibyte = 2 ** 30;

export function teamForm(team: Team): TeamForm {
  const number = (value: number | null, unit: number) =>
    value === null ? '' : String(Number((value / unit).toPrecision(6)));
  return {
    name: team.name,
    weight: String(team.weight),
    runningLimit: number(team.runningLimit, 1),
    budgetHours: number(team.budgetWorkerSeconds, 3600),
    storedGiB: number(team.storedBytesLimit, gibibyte),
    dueOn: team.dueAt?.slice(0, 10) ?? '',
  };
}

export function readTeamForm(form: TeamForm): TeamChange {
  const number = (text: string, unit: number) => (text.trim() === '' ? null : Number(text) * unit);
  const bytes = number(form.storedGiB, gibibyte);
  return {
    name: form.name.trim(),
    weight: Number(form.weight),
    runningLimit: number(form.runningLimit, 1),
    budgetWorkerSeconds: number(form.budgetHours, 3600),
    storedBytesLimit: bytes === null ? null : Math.round(bytes),
    // The end of that day.
    dueAt: form.dueOn === '' ? null : `${form.dueOn}T23:59:59.000Z`,
  };
}
