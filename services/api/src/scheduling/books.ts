import type { Demand, GradientTurn, TeamShare } from '@descent/contracts';
import {
  type Admission,
  accountOf,
  advance,
  book,
  createOutlook,
  decideAdmission,
  defaultSettings,
  feed,
  type GradientDemand,
  gradientTurns,
  type Ledger,
  type Outlook,
  openLedger,
  queueUp,
  type SchedulingView,
  teamShares,
} from '@descent/scheduling';
import {
  type ActiveJob,
  activeJobs,
  type Database,
  listTeams,
  storedBytesByTeam,
  usageByTeam,
} from '@descent/storage';
import { type ClusterState, readCluster } from './cluster.ts';
import { createSpeedometer, type Work } from './speedometer.ts';
import { type Cost, createTurns } from './turns.ts';
import { schedulingJob, viewOf } from './view-of.ts';

/**
 * The ledger of fair share, and what follows from it. What counts against budgets is in the database; recent use is kept
 * in memory and begins anew with the process: nobody is held to what is forgotten.
 */
export interface Books {
  /** Notes what a team's workers computed just now. */
  book(team: string, work: Work): void;
  /** Notes how a job's gradient jobs stand; tells where they go on the queue. */
  ordersFor(job: JobDemand): Promise<GradientOrders>;
  /** No parameter server has it any more. */
  forgetDemand(jobId: string): void;
  /** Who gets a place now, who gives one back, and why the others wait. */
  decide(): Promise<Admission>;
  /** For questions of users: where many jobs wait, up to a second old. */
  situation(): Promise<Situation>;
  /** What there would be to say if this job waited too. */
  outlookWith(job: ActiveJob): Promise<Outlook>;
  /** Up to a second old. */
  cluster(): Promise<ClusterState>;
  isMaintenance(): Promise<boolean>;
  /** FLOP that a worker computes in a second, of late or as measured when they started; null: there are none. */
  speed(): Promise<number | null>;
  /** Worker-seconds that a team has used. */
  spent(team: string): number;
  /** A job came, or is in another state. */
  forgetJobs(): void;
  /** Settings of a team have changed. */
  forgetTeams(): void;
  /** Workers, or announcements, have changed. */
  forgetCluster(): void;
}

/** Everything there is to say about the jobs that have not ended, at one moment. */
export interface Situation {
  readonly jobs: readonly ActiveJob[];
  readonly view: SchedulingView;
  readonly cluster: ClusterState;
  readonly outlook: Outlook;
  readonly shares: ReadonlyMap<string, TeamShare>;
}

export interface JobDemand {
  readonly id: string;
  readonly team: string;
  readonly priority: number;
  readonly demand: Demand;
}

export interface GradientOrders {
  readonly turn: GradientTurn;
  readonly lentWorkers: number;
}

export interface BooksLimits {
  readonly maxRunningJobs: number;
  /** Who has not been heard of for so long is not there. */
  readonly presenceMs: number;
  /** A parameter server that has not reported for so long has lost its jobs. */
  readonly silenceMs: number;
}

const alone: GradientTurn = { first: 1, step: 0 };
/** Settings and stored bytes change seldom, and summing bytes reads every file's row. */
const teamsFreshMs = 2000;
const clusterFreshMs = 1000;
/** Foreseeing few jobs takes less than a millisecond, thousands of a few teams some tens, those of hundreds of teams a second. */
const fewJobs = 20;
const situationFreshMs = 1000;
/** At most a fifth of the time goes into forecasts, however long one takes. */
const freshPerBusy = 4;
/** How long a forecast may keep the event loop from requests at a time. */
const turnMs = 2;
/** When jobs came or went since: a flood of them must not have it made anew for each. */
const situationChangedMs = 400;

export async function openBooks(db: Database, limits: BooksLimits, clock: () => number): Promise<Books> {
  let ledger: Ledger = openLedger(clock());
  const speedometer = createSpeedometer();
  const demands = new Map<string, { readonly atMs: number; readonly demand: GradientDemand }>();

  const teams = fresh(teamsFreshMs, async (): Promise<SchedulingView['teams']> => {
    const stored = await storedBytesByTeam(db);
    // Another process of the api may have booked too.
    const accounts = new Map(ledger.accounts);
    for (const [team, spent] of await usageByTeam(db)) {
      accounts.set(team, { recent: accountOf(ledger, team).recent, spent });
    }
    ledger = { ...ledger, accounts };
    const all = await listTeams(db);
    return new Map(all.map((team) => [team.id, { ...team, storedBytes: stored.get(team.id) ?? 0 }]));
  });
  const cluster = fresh(clusterFreshMs, () => readCluster(db, limits.presenceMs, clock()));

  /** Reads once for all who ask within a time. */
  function fresh<Value>(ms: number, read: () => Promise<Value>) {
    let known: { readonly atMs: number; readonly value: Value } | null = null;
    return {
      async get(): Promise<Value> {
        const nowMs = clock();
        if (known !== null && nowMs - known.atMs < ms && nowMs >= known.atMs) return known.value;
        known = { atMs: nowMs, value: await read() };
        return known.value;
      },
      last: () => known?.value,
      forget() {
        known = null;
      },
    };
  }

  async function look() {
    const jobs = await activeJobs(db);
    const state = await cluster.get();
    const view = viewOf({
      jobs,
      teams: await teams.get(),
      cluster: state,
      places: limits.maxRunningJobs,
      speed: speedometer.read(state.workers),
      nowMs: clock(),
    });
    return { jobs, view, cluster: state };
  }

  const turns = createTurns(turnMs);
  let situation: { readonly atMs: number; readonly value: Situation; readonly cost: Readonly<Cost> } | null =
    null;
  let jobsChanged = false;
  const weightOf = (team: string) => teams.last()?.get(team)?.weight ?? 1;

  await teams.get();
  const books: Books = {
    book(team, work) {
      ledger = book(advance(ledger, clock(), defaultSettings), team, weightOf(team), work.workerSeconds);
      speedometer.note(work);
    },
    async ordersFor({ id, team, priority, demand }) {
      const nowMs = clock();
      const { workers } = await cluster.get();
      for (const [job, { atMs }] of demands) if (nowMs - atMs > limits.silenceMs) demands.delete(job);
      demands.set(id, {
        atMs: nowMs,
        demand: {
          job: id,
          team,
          weight: weightOf(team),
          priority,
          waiting: demand.waiting,
          waitingSinceMs: nowMs - demand.waitedMs,
          serving: demand.serving,
          gradientJobSeconds: demand.seconds,
        },
      });
      const all = [...demands.values()].map((one) => one.demand);
      ledger = feed(advance(ledger, nowMs, defaultSettings), all, defaultSettings);
      return {
        // Alone it needs no order, and nothing has to be moved on the queue.
        turn: all.length === 1 ? alone : gradientTurns(ledger, all, defaultSettings).get(id)!,
        lentWorkers: workers.filter(({ lentTo }) => lentTo === team).length,
      };
    },
    forgetDemand: (id) => void demands.delete(id),
    async decide() {
      const { view } = await look();
      ledger = advance(ledger, view.nowMs, defaultSettings);
      const admission = decideAdmission(view, ledger, defaultSettings);
      ledger = queueUp(ledger, view, admission.line, defaultSettings);
      return admission;
    },
    async situation() {
      const nowMs = clock();
      const age = situation === null ? Number.POSITIVE_INFINITY : nowMs - situation.atMs;
      if (situation !== null && situation.value.jobs.length > fewJobs && age >= 0) {
        const { value, cost } = situation;
        const freshMs = jobsChanged ? situationChangedMs : situationFreshMs;
        if (cost.underWay > 0 || age < Math.max(freshMs, freshPerBusy * cost.busyMs)) return value;
      }
      jobsChanged = false;
      const seen = await look();
      const { run, cost } = turns.measured();
      const value = {
        ...seen,
        outlook: createOutlook(seen.view, ledger, defaultSettings, run),
        shares: teamShares(seen.view, ledger),
      };
      situation = { atMs: nowMs, value, cost };
      return value;
    },
    async outlookWith(job) {
      const { view, cluster } = await books.situation();
      const jobs = [...view.jobs, schedulingJob(job, speedometer.read(cluster.workers))];
      return createOutlook({ ...view, jobs }, ledger, defaultSettings, turns.run);
    },
    cluster: cluster.get,
    isMaintenance: async () => (await cluster.get()).paused,
    speed: async () => speedometer.read((await cluster.get()).workers),
    spent: (team) => accountOf(ledger, team).spent,
    forgetJobs() {
      jobsChanged = true;
    },
    forgetTeams() {
      teams.forget();
      situation = null;
    },
    forgetCluster() {
      cluster.forget();
      situation = null;
    },
  };
  return books;
}
