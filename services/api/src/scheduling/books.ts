import {
  type Admission,
  advance,
  book,
  createOutlook,
  decideAdmission,
  defaultSettings,
  type Ledger,
  type Outlook,
  openLedger,
  queueUp,
  type SchedulingView,
} from '@descent/scheduling';
import { activeJobs, type Database, listTeams, storedBytesByTeam, usageByTeam } from '@descent/storage';
import { type ViewLimits, viewOf } from './view-of.ts';

/**
 * The ledger of fair share, and what follows from it. What counts against budgets is in the database; recent use is kept
 * in memory and begins anew with the process: nobody is held to what is forgotten.
 */
export interface Books {
  /** Notes what a team's workers computed just now. */
  book(team: string, workerSeconds: number): void;
  /** Who gets a place now, and why the others wait. */
  decide(): Promise<Admission>;
  /** For questions of users: where many jobs wait, up to a second old. */
  outlook(): Promise<Outlook>;
  /** Settings of a team have changed. */
  forgetTeams(): void;
}

/** Settings and stored bytes change seldom, and summing bytes reads every file's row. */
const teamsFreshMs = 2000;
/** Foreseeing few jobs takes less than a millisecond, thousands some tenths of a second. */
const fewJobs = 100;
const outlookFreshMs = 1000;

export async function openBooks(db: Database, limits: ViewLimits, clock: () => number): Promise<Books> {
  let ledger: Ledger = openLedger(clock());
  for (const [team, seconds] of await usageByTeam(db)) {
    const account = { recent: 0, spent: seconds };
    ledger = { ...ledger, accounts: new Map(ledger.accounts).set(team, account) };
  }
  let teams: { atMs: number; value: SchedulingView['teams'] } | null = null;
  let outlook: { atMs: number; jobs: number; value: Outlook } | null = null;

  async function readTeams(): Promise<SchedulingView['teams']> {
    const nowMs = clock();
    if (teams !== null && nowMs - teams.atMs < teamsFreshMs && nowMs >= teams.atMs) return teams.value;
    const stored = await storedBytesByTeam(db);
    const value = new Map(
      (await listTeams(db)).map((team) => [team.id, { ...team, storedBytes: stored.get(team.id) ?? 0 }]),
    );
    teams = { atMs: nowMs, value };
    return value;
  }

  async function view(): Promise<SchedulingView> {
    const jobs = await activeJobs(db);
    return viewOf(jobs, await readTeams(), limits, clock());
  }

  return {
    book(team, workerSeconds) {
      const weight = teams?.value.get(team)?.weight ?? 1;
      ledger = book(advance(ledger, clock(), defaultSettings), team, weight, workerSeconds);
    },
    async decide() {
      const seen = await view();
      ledger = advance(ledger, seen.nowMs, defaultSettings);
      const admission = decideAdmission(seen, ledger, defaultSettings);
      ledger = queueUp(ledger, seen, admission.line, defaultSettings);
      return admission;
    },
    async outlook() {
      const nowMs = clock();
      const isFresh =
        outlook !== null &&
        outlook.jobs > fewJobs &&
        nowMs - outlook.atMs < outlookFreshMs &&
        nowMs >= outlook.atMs;
      if (outlook !== null && isFresh) return outlook.value;
      const seen = await view();
      const value = createOutlook(seen, ledger, defaultSettings);
      outlook = { atMs: nowMs, jobs: seen.jobs.length, value };
      return value;
    },
    forgetTeams() {
      teams = null;
      outlook = null;
    },
  };
}
