import type { SchedulingSettings } from './settings.ts';
import { emptyStanding, fadeStanding, moveOn, type Standing, stand } from './standing.ts';

/**
 * What teams used. Every worker-second is booked once and counts in both lines: for the next free worker and for the
 * next free place.
 */
export interface Ledger {
  readonly atMs: number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly gradients: Standing;
  readonly places: Standing;
}

export interface Account {
  /** Worker-seconds, fading. */
  readonly recent: number;
  /** Worker-seconds, all of them: what a budget is held against. */
  readonly spent: number;
}

/** What `feed` reads of a training job's gradient jobs. */
export interface Appetite {
  readonly team: string;
  readonly weight: number;
  /** Gradient jobs that no worker has taken. */
  readonly waiting: number;
  /** Gradient jobs that workers serve now. */
  readonly serving: number;
}

const newAccount: Account = { recent: 0, spent: 0 };

export function openLedger(atMs: number): Ledger {
  return { atMs, accounts: new Map(), gradients: emptyStanding, places: emptyStanding };
}

export function accountOf(ledger: Ledger, team: string): Account {
  return ledger.accounts.get(team) ?? newAccount;
}

/** A clock that goes back changes nothing: two processes of the api need not agree to the millisecond. */
export function advance(ledger: Ledger, nowMs: number, settings: SchedulingSettings): Ledger {
  if (nowMs <= ledger.atMs) return ledger;
  const factor = 0.5 ** ((nowMs - ledger.atMs) / 1000 / settings.halfLifeSeconds);
  const fade = ({ recent, spent }: Account): Account => ({ recent: recent * factor, spent });
  return {
    atMs: nowMs,
    accounts: new Map([...ledger.accounts].map(([team, account]) => [team, fade(account)])),
    gradients: fadeStanding(ledger.gradients, factor),
    places: fadeStanding(ledger.places, factor),
  };
}

/** Books use at the ledger's time. A weight that changes later changes nothing that was booked before. */
export function book(ledger: Ledger, team: string, weight: number, workerSeconds: number): Ledger {
  const { recent, spent } = accountOf(ledger, team);
  const account = { recent: recent + workerSeconds, spent: spent + workerSeconds };
  return {
    ...ledger,
    accounts: new Map(ledger.accounts).set(team, account),
    gradients: moveOn(ledger.gradients, team, workerSeconds / weight),
    places: moveOn(ledger.places, team, workerSeconds / weight),
  };
}

/** Who wants workers now, from all jobs that parameter servers hold. */
export function feed(ledger: Ledger, demands: readonly Appetite[], settings: SchedulingSettings): Ledger {
  const hungry = new Map(
    demands.filter(({ waiting }) => waiting > 0).map(({ team, weight }) => [team, weight] as const),
  );
  const served = demands.filter(({ serving }) => serving > 0).map(({ team }) => team);
  return { ...ledger, gradients: stand(ledger.gradients, hungry, served, settings.creditSeconds) };
}
