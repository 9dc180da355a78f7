import { createHash } from 'node:crypto';
import type {
  ClaimAnswer,
  JobState,
  Outcome,
  QuarantinedWorker,
  Report,
  ReportAnswer,
  TrainingPlan,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { QueuedState } from '@descent/queue';
import type { WantedState } from '@descent/storage';
import { decide, type Offer } from '../../../services/api/src/dispatcher/decide.ts';
import { isHeld, type JobStimulus, transition } from '../../../services/api/src/jobs/job-state.ts';

interface StoredCheckpoint {
  readonly step: number;
  readonly hash: string;
  file: Uint8Array;
}

/** Rules of the api that a test of the simulation may break. */
export interface TruthBugs {
  readonly acceptsOldIncarnations?: boolean;
  readonly countsRepeatedReports?: boolean;
  readonly servesDamagedCheckpoints?: boolean;
  readonly keepsSpoiledCheckpoints?: boolean;
}

/**
 * The api as far as a training job goes: what its database would hold, with the service's own state machine and dispatcher's
 * rule. What it accepts is checked by `onAccepted` against what the simulation knows.
 */
export interface SimulatedTruth {
  readonly state: JobState;
  readonly wanted: WantedState;
  readonly incarnation: number;
  /** Loss by step, as readers of the curve have it. */
  readonly curve: ReadonlyMap<number, number>;
  readonly outcome: Outcome | undefined;
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly quarantined: readonly QuarantinedWorker[];
  weights: Uint8Array | undefined;
  claim(server: string): ClaimAnswer;
  report(report: Report): ReportAnswer;
  putCheckpoint(incarnation: number, step: number, file: Uint8Array): { hash: string };
  getCheckpoint(step: number): Uint8Array;
  putWeights(incarnation: number, file: Uint8Array): { hash: string };
  act(action: 'pause' | 'resume' | 'cancel'): void;
  /** One look of the dispatcher. */
  dispatch(queue: TrainingQueue): void;
  /** The api was started anew: what it held in memory is gone. */
  forget(): void;
}

interface TrainingQueue {
  readonly isUp: boolean;
  states(): ReadonlyMap<string, QueuedState>;
  add(id: string): void;
  remove(id: string): void;
}

const silenceMs = 3_000;

export function createTruth(
  plan: TrainingPlan,
  clock: () => number,
  onAccepted: (what: string, incarnation: number) => void,
  onStep: (step: number) => void,
  bugs: TruthBugs,
): SimulatedTruth {
  const { jobId } = plan;
  let state: JobState = 'queued';
  let wanted: WantedState = 'run';
  let incarnation = 0;
  let heardAtMs: number | null = null;
  let reportSerial = -1;
  let outcome: Outcome | undefined;
  let startedAtMs = 0;
  let numericsClass: string | null = null;
  const offers = new Map<string, Offer>();
  let checkpoints: StoredCheckpoint[] = [];
  const quarantined: QuarantinedWorker[] = [];
  const curve = new Map<number, number>();

  const move = (stimulus: JobStimulus): boolean => {
    const next = transition({ state, wanted }, stimulus);
    if (next === null) return false;
    ({ state, wanted } = next);
    return true;
  };
  const requireOwner = (given: number) => {
    if (bugs.acceptsOldIncarnations || (given === incarnation && (isHeld(state) || state === 'queued')))
      return;
    throw new DescentError('INCARNATION_STALE', { jobId, current: incarnation, given });
  };
  const departures = {
    succeeded: { type: 'succeed' },
    failed: { type: 'fail' },
    cancelled: { type: 'stop' },
    paused: { type: 'stop' },
    queued: { type: 'lose' },
  } as const satisfies Record<Outcome['state'], JobStimulus>;

  const self: SimulatedTruth = {
    get state() {
      return state;
    },
    get wanted() {
      return wanted;
    },
    get incarnation() {
      return incarnation;
    },
    get outcome() {
      return outcome;
    },
    curve,
    quarantined,
    get checkpoints() {
      return checkpoints;
    },
    weights: undefined,
    claim() {
      if (!move({ type: 'claim' })) {
        throw new DescentError('JOB_CLAIM_REFUSED', { jobId, reason: `it is ${state}` });
      }
      incarnation++;
      heardAtMs = clock();
      reportSerial = -1;
      const newestFirst = [...checkpoints].sort((a, b) => b.step - a.step);
      return {
        incarnation,
        plan,
        numericsClass,
        checkpoints: newestFirst.map(({ step, hash }) => ({ step, hash })),
        quarantined: quarantined.map(({ worker }) => worker),
      };
    },
    report(report) {
      if (report.incarnation !== incarnation && !bugs.acceptsOldIncarnations) {
        throw new DescentError('INCARNATION_STALE', {
          jobId,
          current: incarnation,
          given: report.incarnation,
        });
      }
      if (report.serial <= reportSerial && !bugs.countsRepeatedReports) return { wanted };
      if (!move({ type: 'report', computing: report.progress.workers > 0 })) {
        throw new DescentError('INCARNATION_STALE', {
          jobId,
          current: incarnation,
          given: report.incarnation,
        });
      }
      onAccepted(`report ${report.serial}`, report.incarnation);
      heardAtMs = clock();
      reportSerial = report.serial;
      numericsClass = report.numericsClass ?? numericsClass;
      for (const { step, split, values } of report.points) {
        if (split !== 'train') continue;
        onStep(step);
        curve.set(step, values.loss!);
      }
      for (const found of report.quarantined ?? []) {
        if (quarantined.some(({ worker }) => worker === found.worker)) continue;
        quarantined.push(found);
        const { since } = found;
        if (since !== null && !bugs.keepsSpoiledCheckpoints)
          checkpoints = checkpoints.filter(({ step }) => step <= since);
      }
      if (report.outcome !== null) {
        outcome = report.outcome;
        move(departures[report.outcome.state]);
      }
      return { wanted };
    },
    putCheckpoint(given, step, file) {
      requireOwner(given);
      onAccepted(`checkpoint ${step}`, given);
      const hash = createHash('sha256').update(file).digest('hex');
      const index = checkpoints.findIndex((one) => one.step === step);
      if (index >= 0) checkpoints.splice(index, 1);
      checkpoints.push({ step, hash, file: Uint8Array.from(file) });
      checkpoints.sort((a, b) => a.step - b.step);
      if (checkpoints.length > 3) checkpoints.shift();
      return { hash };
    },
    getCheckpoint(step) {
      const found = checkpoints.find((one) => one.step === step);
      if (found === undefined) {
        throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId, checkpoint: `ck_${step}` });
      }
      const actual = createHash('sha256').update(found.file).digest('hex');
      if (actual !== found.hash && !bugs.servesDamagedCheckpoints) {
        throw new DescentError('ARTIFACT_DAMAGED', { hash: found.hash, actual });
      }
      return Uint8Array.from(found.file);
    },
    putWeights(given, file) {
      requireOwner(given);
      onAccepted('weights', given);
      self.weights = Uint8Array.from(file);
      return { hash: createHash('sha256').update(file).digest('hex') };
    },
    act: (action) => void move({ type: action }),
    dispatch(queue) {
      const active = state === 'queued' || isHeld(state);
      const actions = decide({
        jobs: active ? [{ id: jobId, state, incarnation, heardAtMs }] : [],
        admit: [jobId],
        offers,
        queue: queue.isUp ? queue.states() : null,
        nowMs: clock(),
        startedAtMs,
        silenceMs,
      });
      for (const action of actions) {
        if (action.type === 'lose') move({ type: 'lose' });
        else if (action.type === 'withdraw') {
          queue.remove(action.id);
          offers.delete(action.jobId);
        } else {
          if (action.type === 'offer') queue.add(action.offer.id);
          offers.set(action.jobId, action.offer);
        }
      }
    },
    forget() {
      offers.clear();
      startedAtMs = clock();
    },
  };
  return self;
}

/** What the line of one job knows of it. */
