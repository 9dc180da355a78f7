import type { Account, Ledger } from './ledger.ts';
import type { Standing } from './standing.ts';

/** A ledger as plain data, to be kept in the database: an api that starts again goes on with it. */
export interface LedgerRecord {
  readonly atMs: number;
  readonly accounts: readonly (readonly [team: string, account: Account])[];
  readonly gradients: StandingRecord;
  readonly places: StandingRecord;
}

export interface StandingRecord {
  readonly virtualPass: number;
  readonly passes: readonly (readonly [team: string, pass: number])[];
  readonly hungry: readonly string[];
}

export function recordLedger({ atMs, accounts, gradients, places }: Ledger): LedgerRecord {
  const record = ({ virtualPass, passes, hungry }: Standing): StandingRecord => ({
    virtualPass,
    passes: [...passes],
    hungry: [...hungry],
  });
  return { atMs, accounts: [...accounts], gradients: record(gradients), places: record(places) };
}

export function restoreLedger({ atMs, accounts, gradients, places }: LedgerRecord): Ledger {
  const restore = ({ virtualPass, passes, hungry }: StandingRecord): Standing => ({
    virtualPass,
    passes: new Map(passes),
    hungry: new Set(hungry),
  });
  return { atMs, accounts: new Map(accounts), gradients: restore(gradients), places: restore(places) };
}
