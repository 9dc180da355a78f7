import type { Outcome, Progress, ReportAnswer } from '@descent/contracts';
import type { CompiledMetric } from '@descent/models';
import type { Audit } from './audit.ts';
import type { CheckpointWriter } from './checkpoint-writer.ts';
import { createCrew } from './crew.ts';
import { createEnds } from './ends.ts';
import type { GradientJobs } from './gradient-jobs.ts';
import type { GradientSlot } from './gradient-slot.ts';
import { createLosses } from './losses.ts';
import { createProgressMeter } from './progress-meter.ts';
import type { Reporter } from './reporter.ts';
import { createResults, type Results } from './results.ts';
import { createRounds } from './rounds.ts';
import { noObserver, type TimesObserver } from './step-times.ts';
import type { Timetable } from './timetable.ts';
import type { TrainingState } from './training-state.ts';
import type { WorkerLink } from './worker-link.ts';

/** Looks for gradient jobs that the queue has lost this often. */
const refillMs = 1_000;

export interface TrainingJobOptions {
  readonly jobId: string;
  readonly incarnation: number;
  readonly epochs: number;
  /** Updates that the parameters behind a gradient may lack; 0: none, as in a synchronous job. */
  readonly maxStaleness: number;
  readonly metrics: readonly CompiledMetric[];
  /** Names of the classes of labels, where their column has some. */
  classesOf(labels: string): readonly string[] | undefined;
  readonly state: TrainingState;
  readonly timetable: Timetable;
  readonly gradientJobs: GradientJobs;
  readonly reporter: Reporter;
  readonly checkpoints: CheckpointWriter;
  /** Some gradients are computed by two workers. */
  readonly audit?: Audit | undefined;
  /** Monotonic milliseconds. */
  clock(): number;
  /** Has the rest of a large update wait for its turn; default `setImmediate`. */
  defer?(task: () => void): void;
  /** Hears where the time goes. */
  readonly times?: TimesObserver | undefined;
}

/**
 * One training job on its parameter server: hands out units of work, takes their results, applies updates, until its rounds are
 * over (outcome `succeeded`), or the users want a pause or an end, or it cannot go on.
 */
export interface TrainingJob extends Omit<Results, 'recount'> {
  readonly ended: Promise<Outcome | 'fenced'>;
  /** For the reports. */
  progress(): Progress;
  start(): void;
  /** Looks after what no event tells of: slow workers, lost gradient jobs. Called by the host, some ten times per second. */
  tick(): void;
  joined(link: WorkerLink, serial: number): void;
  /** The worker has compiled and loaded what the plan needs. */
  ready(link: WorkerLink): void;
  /** The connection broke while a payload was being received into this slot. */
  dropped(slot: GradientSlot): void;
  left(link: WorkerLink, reason: string): void;
  /** Its connection broke: when its process ended with it, what it computed may be the cause. */
  lost(link: WorkerLink, reason: string): void;
  /** A sign of life of a worker, on whatever connection. */
  alive(worker: string): void;
  want(wanted: ReportAnswer['wanted']): void;
  /** The process is leaving: checkpoint, and let another server take the job. */
  handBack(reason: string): void;
  fenced(): void;
}

export function createTrainingJob(options: TrainingJobOptions): TrainingJob {
  const { state, timetable, gradientJobs, reporter, checkpoints, audit, clock } = options;
  const { defer = setImmediate, times = noObserver } = options;
  const crew = createCrew({ gradientJobs, hold: state.hold, clock });
  const meter = createProgressMeter();
  let refilledAt = Number.NEGATIVE_INFINITY;
  const ends = createEnds({
    state,
    gradientJobs,
    reporter,
    checkpoints,
    evaluated: () => rounds.evaluated,
    stopRounds(reason) {
      rounds.stop();
      crew.releaseAll(reason);
    },
    finishStep: () => rounds.finishStep(),
  });
  const rounds = createRounds({ ...options, crew, ends, meter, times, defer });
  const losses = createLosses({ rounds, ends, version: () => state.version, clock });

  const leave = (link: WorkerLink, reason: string): boolean => {
    if (!crew.leave(link)) return false;
    for (const held of link.held) rounds.giveBack(link, held);
    link.held = [];
    if (ends.over) return false;
    reporter.event('worker-left', `Worker ${link.worker} left: ${reason}`, { worker: link.worker });
    return true;
  };

  const { recount, ...results } = createResults({ ...options, audit, rounds, crew, ends, times, leave });

  return {
    ...results,
    ended: ends.ended,
    progress() {
      const { samplesPerSecond, stepsPerSecond } = meter.read(clock());
      const { steps, stepsPerEpoch } = timetable;
      return {
        step: state.version,
        steps,
        epoch: state.version / stepsPerEpoch,
        epochs: options.epochs,
        samplesPerSecond,
        etaSeconds: stepsPerSecond > 0 ? (steps - state.version) / stepsPerSecond : null,
        workers: crew.serving,
      };
    },
    start() {
      this.tick();
      rounds.advance();
    },
    tick() {
      if (ends.over) return;
      losses.tick();
      if (clock() - refilledAt >= refillMs) {
        refilledAt = clock();
        void gradientJobs.refill();
      }
      rounds.dispatch();
      for (const round of rounds.open) {
        crew.relieve(round);
        recount(round);
      }
    },
    joined(link, serial) {
      if (link.ready) losses.prepared();
      if (crew.join(link, serial)) {
        reporter.event('worker-joined', `Worker ${link.worker} joined`, { worker: link.worker });
      }
      if (ends.over) crew.releaseAll('ended');
      else rounds.dispatch();
    },
    ready(link) {
      link.ready = true;
      losses.prepared();
      rounds.dispatch();
    },
    dropped: state.freeSlot,
    left(link, reason) {
      if (leave(link, reason)) rounds.dispatch();
    },
    lost(link, reason) {
      losses.lost(link);
      if (leave(link, reason)) rounds.dispatch();
    },
    alive: losses.alive,
    want(wanted) {
      if (ends.over || wanted === 'run') return;
      if (wanted === 'pause') ends.interrupt((step) => ({ state: 'paused', step }));
      else if (wanted === 'yield')
        ends.interrupt((step) => ({ state: 'queued', reason: `Gave its place back at step ${step}` }));
      else ends.cancelled();
    },
    handBack(reason) {
      if (!ends.over) ends.interrupt(() => ({ state: 'queued', reason }));
    },
    fenced: ends.fenced,
  };
}
