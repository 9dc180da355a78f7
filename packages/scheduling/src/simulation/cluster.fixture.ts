import type { GradientTurn } from '@descent/contracts';
import { decideAdmission } from '../admission.ts';
import { advance, book, feed, type Ledger, openLedger } from '../ledger.ts';
import { queueUp } from '../queue-up.ts';
import { defaultSettings } from '../settings.ts';
import { type GradientDemand, gradientTurns, priorityAt } from '../turns.ts';
import { type SchedulingJob, type SchedulingView, unlimitedTeam } from '../view.ts';
import { createEventQueue, createRandom } from './event-queue.fixture.ts';

export interface SimulatedJob {
  readonly id: string;
  readonly team: string;
  readonly submitMs: number;
  readonly gradientJobs: number;
  readonly maxWorkers: number;
}

export interface SimulationOptions {
  readonly seed: number;
  /** Weights by team. */
  readonly teams: ReadonlyMap<string, number>;
  readonly workers: number;
  readonly places: number;
  readonly jobs: readonly SimulatedJob[];
  readonly untilMs: number;
  readonly gradientJobSeconds?: number;
  /** Times at which somebody looks at the line. */
  readonly lookMs?: readonly number[];
  readonly onLook?: (view: SchedulingView, ledger: Ledger) => void;
}

export interface SimulationResult {
  readonly workerSeconds: ReadonlyMap<string, number>;
  /** When each job got its place, its first gradient, and its end; absent: not yet. */
  readonly startedMs: ReadonlyMap<string, number>;
  readonly firstGradientMs: ReadonlyMap<string, number>;
  readonly finishedMs: ReadonlyMap<string, number>;
  readonly busyWorkerSeconds: number;
}

/** The real parts' times: the dispatcher's tick, the parameter server's report and refill, claim and preparation. */
const tickMs = 250;
const reportMs = 500;
const refillMs = 1000;
const claimMs = 150;
/** A gradient job is so many micro-batches; its successor comes to the queue with the last of them. */
const microBatches = 4;
/** Gradient jobs take their usual time within ± this part. */
const spread = 0.1;

interface Running {
  readonly spec: SimulatedJob;
  state: SchedulingJob;
  claimed: boolean;
  turn: GradientTurn | null;
  /** Given out or on the queue, of `spec.gradientJobs`. */
  issued: number;
  done: number;
  /** Start times of those being served, by serial. */
  readonly serving: Map<number, number>;
  readonly ending: Set<number>;
}

interface Entry {
  readonly job: Running;
  readonly serial: number;
  readonly arrival: number;
  readonly sinceMs: number;
  priority: number;
}

/**
 * A cluster in simulated time around the real scheduling code: only workers, parameter servers and the queue are played.
 * As there, use is booked twice a second, and priorities are as old as the last report.
 */
export function simulate(options: SimulationOptions): SimulationResult {
  const { workers, gradientJobSeconds = 1 } = options;
  const settings = { ...defaultSettings, gradientJobSeconds };
  const random = createRandom(options.seed);
  const clock = createEventQueue();
  const teams = new Map([...options.teams].map(([id, weight]) => [id, { ...unlimitedTeam, weight }]));
  const jobs = new Map<string, Running>();
  const workerSeconds = new Map([...options.teams.keys()].map((team) => [team, 0]));
  const startedMs = new Map<string, number>();
  const firstGradientMs = new Map<string, number>();
  const finishedMs = new Map<string, number>();
  let ledger = openLedger(0);
  let bookedMs = 0;
  let queue: Entry[] = [];
  let arrivals = 0;
  let free = workers;

  const view = (): SchedulingView => ({
    nowMs: clock.nowMs,
    cluster: { paused: false, places: options.places, workers, servers: [{ name: 'ps', memoryBytes: 1 }] },
    teams,
    jobs: [...jobs.values()].map((job) => ({
      ...job.state,
      remainingWorkerSeconds: remainingSeconds(job),
    })),
  });
  const remainingSeconds = (job: Running) => {
    const begun = [...job.serving.values()].reduce((total, since) => total + (clock.nowMs - since) / 1000, 0);
    return Math.max(0.001, (job.spec.gradientJobs - job.done) * gradientJobSeconds - begun);
  };

  const look = () => {
    account();
    const present = view();
    const { admit, release, line } = decideAdmission(present, ledger, settings);
    ledger = queueUp(ledger, present, line, settings);
    for (const id of admit) {
      const job = jobs.get(id)!;
      job.state = { ...job.state, state: 'held', heldSinceMs: clock.nowMs };
      if (!startedMs.has(id)) startedMs.set(id, clock.nowMs);
      clock.at(clock.nowMs + claimMs, () => {
        job.claimed = true;
        share();
        refill(job);
      });
    }
    for (const { job: id } of release) leave(jobs.get(id)!);
  };
  const leave = (job: Running) => {
    job.state = { ...job.state, state: 'leaving' };
    job.claimed = false;
    const removed = queue.filter((entry) => entry.job === job).length;
    queue = queue.filter((entry) => entry.job !== job);
    job.issued -= removed;
    leaveWhenServed(job);
  };
  const leaveWhenServed = (job: Running) => {
    if (job.state.state !== 'leaving' || job.serving.size > 0) return;
    job.state = { ...job.state, state: 'waiting', heldSinceMs: null };
    look();
  };

  /** Books what was computed since the last time. */
  const account = () => {
    for (const job of jobs.values()) {
      for (const since of job.serving.values()) {
        const seconds = (clock.nowMs - Math.max(since, bookedMs)) / 1000;
        charge(job.spec.team, seconds);
      }
    }
    bookedMs = clock.nowMs;
    ledger = advance(ledger, clock.nowMs, settings);
  };
  const charge = (team: string, seconds: number) => {
    ledger = book(ledger, team, options.teams.get(team)!, seconds);
    workerSeconds.set(team, workerSeconds.get(team)! + seconds);
  };
  /** The api's answers to the reports. */
  const share = () => {
    account();
    const demands = [...jobs.values()].filter(({ claimed }) => claimed).map(demandOf);
    ledger = feed(ledger, demands, settings);
    for (const [id, turn] of gradientTurns(ledger, demands, settings)) jobs.get(id)!.turn = turn;
  };
  const demandOf = (job: Running): GradientDemand => {
    const own = queue.filter((entry) => entry.job === job);
    return {
      job: job.spec.id,
      team: job.spec.team,
      weight: options.teams.get(job.spec.team)!,
      priority: 0,
      waiting: own.length,
      waitingSinceMs: Math.min(clock.nowMs, ...own.map(({ sinceMs }) => sinceMs)),
      serving: job.serving.size,
      gradientJobSeconds,
    };
  };

  const refill = (job: Running) => {
    if (!job.claimed) return;
    const waiting = () => queue.filter((entry) => entry.job === job).length;
    const { gradientJobs, maxWorkers } = job.spec;
    while (waiting() + job.serving.size - job.ending.size < maxWorkers && job.issued < gradientJobs) {
      const priority = job.turn === null ? 1 : priorityAt(job.turn, waiting());
      queue.push({ job, serial: job.issued++, arrival: arrivals++, sinceMs: clock.nowMs, priority });
    }
    give();
  };
  const renewPriorities = () => {
    const seen = new Map<Running, number>();
    for (const entry of queue) {
      const index = seen.get(entry.job) ?? 0;
      seen.set(entry.job, index + 1);
      if (entry.job.turn !== null) entry.priority = priorityAt(entry.job.turn, index);
    }
  };
  const give = () => {
    while (free > 0 && queue.length > 0) {
      const next = queue.reduce((best, entry) => (comesBefore(entry, best) ? entry : best));
      queue = queue.filter((entry) => entry !== next);
      free--;
      serve(next);
    }
  };
  const serve = ({ job, serial }: Entry) => {
    const ms = gradientJobSeconds * 1000 * (1 + spread * (2 * random() - 1));
    const startMs = clock.nowMs;
    job.serving.set(serial, startMs);
    if (!firstGradientMs.has(job.spec.id)) firstGradientMs.set(job.spec.id, startMs + ms / microBatches);
    clock.at(startMs + (ms * (microBatches - 1)) / microBatches, () => {
      job.ending.add(serial);
      refill(job);
    });
    clock.at(startMs + ms, () => {
      charge(job.spec.team, (clock.nowMs - Math.max(startMs, bookedMs)) / 1000);
      job.serving.delete(serial);
      job.ending.delete(serial);
      job.done++;
      free++;
      if (job.done === job.spec.gradientJobs) {
        finishedMs.set(job.spec.id, clock.nowMs);
        jobs.delete(job.spec.id);
        look();
      } else leaveWhenServed(job);
      give();
    });
  };

  for (const spec of options.jobs) {
    clock.at(spec.submitMs, () => {
      jobs.set(spec.id, newJob(spec));
      look();
    });
  }
  for (const ms of options.lookMs ?? []) {
    clock.at(ms, () => {
      account();
      options.onLook?.(view(), ledger);
    });
  }
  const every = (ms: number, firstMs: number, run: () => void) => {
    const again = () => {
      run();
      clock.at(clock.nowMs + ms, again);
    };
    clock.at(firstMs, again);
  };
  every(tickMs, random() * tickMs, look);
  every(reportMs, random() * reportMs, share);
  every(refillMs, random() * refillMs, renewPriorities);
  clock.runUntil(options.untilMs, () => finishedMs.size === options.jobs.length);
  account();
  const busyWorkerSeconds = [...workerSeconds.values()].reduce((total, seconds) => total + seconds, 0);
  return { workerSeconds, startedMs, firstGradientMs, finishedMs, busyWorkerSeconds };
}

function comesBefore(a: Entry, b: Entry): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.arrival < b.arrival);
}

function newJob(spec: SimulatedJob): Running {
  const state: SchedulingJob = {
    id: spec.id,
    team: spec.team,
    priority: 0,
    state: 'waiting',
    queuedAtMs: spec.submitMs,
    heldSinceMs: null,
    server: null,
    memoryBytes: 0,
    remainingWorkerSeconds: null,
    maxWorkers: spec.maxWorkers,
    updatedAtMs: null,
    diverged: false,
  };
  return {
    spec,
    state,
    claimed: false,
    turn: null,
    issued: 0,
    done: 0,
    serving: new Map(),
    ending: new Set(),
  };
}
