import type { JobError, Outcome, Progress, ReportAnswer, Scores } from '@descent/contracts';
import { DescentError, type ErrorCode } from '@descent/errors';
import { type FrameHeader, wrongLength } from '@descent/gradient-channel';
import { type CompiledMetric, scoresOf, tablesOf } from '@descent/models';
import type { CheckpointWriter } from './checkpoint-writer.ts';
import { createCrew, type OpenRound } from './crew.ts';
import type { GradientJobs } from './gradient-jobs.ts';
import { objectionTo } from './objection.ts';
import { createProgressMeter } from './progress-meter.ts';
import type { Reporter } from './reporter.ts';
import { createRound } from './round.ts';
import { addSums } from './sums.ts';
import type { Timetable } from './timetable.ts';
import type { GradientSlot, TrainingState } from './training-state.ts';
import { createTreeSum, type TreeSum } from './tree-sum.ts';
import type { Held, ReleaseReason, WorkerLink } from './worker-link.ts';

/** Looks for slow units this often, and for lost gradient jobs every fourth time. */
const tickMs = 250;
/** A micro-batch whose gradient was not finite twice, on whatever workers, is no accident. */
const mostNotFinite = 2;
/** Assignments that failed on workers (engine errors, data that cannot be read) before the job fails. */
const mostFailures = 3;

export interface TrainingJobOptions {
  readonly jobId: string;
  readonly incarnation: number;
  readonly epochs: number;
  readonly metrics: readonly CompiledMetric[];
  /** Names of the classes of labels, where their column has some. */
  classesOf(labels: string): readonly string[] | undefined;
  readonly state: TrainingState;
  readonly timetable: Timetable;
  readonly gradientJobs: GradientJobs;
  readonly reporter: Reporter;
  readonly checkpoints: CheckpointWriter;
  /** Monotonic milliseconds. */
  clock(): number;
}

/** Where a training job stands in the sequence of rounds. */
interface CurrentRound extends OpenRound {
  readonly gradients: TreeSum<GradientSlot>;
  readonly scores: TreeSum<Float64Array>;
}

/**
 * One training job on its parameter server: hands out units of work, takes their results, applies updates.
 *
 * It is always in one round (or waits for a parameter buffer between two): training round of step *s* → update → perhaps
 * an evaluation round of version *s* + 1 → perhaps a checkpoint → training round of step *s* + 1 … until the last version
 * is evaluated (outcome `succeeded`), or the users want a pause or an end, or it cannot go on.
 */
export interface TrainingJob {
  readonly ended: Promise<Outcome | 'fenced'>;
  /** For the reports. */
  progress(): Progress;
  start(): void;
  joined(link: WorkerLink, serial: number): void;
  /** Before a payload is received: where it goes, or why not. */
  expectGradient(link: WorkerLink, header: FrameHeader): GradientSlot | DescentError;
  gradient(link: WorkerLink, header: FrameHeader, slot: GradientSlot): void;
  scores(link: WorkerLink, header: FrameHeader, sums: Float64Array): void;
  refused(link: WorkerLink, header: FrameHeader, error: DescentError): void;
  /** The connection broke while a payload was being received into this slot. */
  dropped(slot: GradientSlot): void;
  failed(link: WorkerLink, header: FrameHeader, error: DescentError): void;
  left(link: WorkerLink, reason: string): void;
  want(wanted: ReportAnswer['wanted']): void;
  /** The process is leaving: checkpoint, and let another server take the job. */
  handBack(reason: string): void;
  fenced(): void;
}

export function createTrainingJob(options: TrainingJobOptions): TrainingJob {
  const { jobId, incarnation, state, timetable, gradientJobs, reporter, checkpoints, clock } = options;
  const crew = createCrew({ gradientJobs, hold: state.hold, clock });
  const meter = createProgressMeter();
  let current: CurrentRound | undefined;
  let evaluated = state.evaluated;
  let lastFiniteLoss: number | undefined;
  let over = false;
  let isFenced = false;
  let ticker: NodeJS.Timeout | undefined;
  let ticks = 0;
  let settle: (outcome: Outcome | 'fenced') => void = () => {};
  const ended = new Promise<Outcome | 'fenced'>((resolve) => {
    settle = resolve;
  });

  const dispatch = (last?: WorkerLink) => {
    if (current !== undefined) crew.dispatch(current, last);
  };

  // --- the sequence of rounds -------------------------------------------------------------------------------------

  const advance = () => {
    if (over) return;
    const { version } = state;
    if (timetable.evaluationDue(version) && evaluated?.version !== version) {
      begin('evaluate');
      return;
    }
    if (version === timetable.steps) {
      void succeed();
      return;
    }
    if (timetable.checkpointDue(version)) checkpoints.write(evaluated);
    begin('train');
  };

  const begin = (kind: Held['kind']) => {
    const { version } = state;
    const units = kind === 'train' ? timetable.trainingUnits(version) : timetable.evaluationUnits();
    current = {
      kind,
      version,
      epoch: kind === 'train' ? timetable.epochOf(version) : 0,
      round: createRound(units),
      gradients: state.createSum(units.length),
      scores: createTreeSum(units.length, addSums),
    };
    dispatch();
  };

  // --- results ----------------------------------------------------------------------------------------------------

  const objection = (link: WorkerLink, kind: Held['kind'], header: FrameHeader) =>
    objectionTo(kind, header, link.held, current, state.version);

  const refuse = (link: WorkerLink, header: FrameHeader, error: DescentError) => {
    link.wire.refused(header, error);
    reporter.event('gradient-refused', error.message, { code: error.code, worker: link.worker });
    if (link.held?.assignment === header.assignment) {
      current?.round.giveBackUnit(link.worker, link.held.unit.index);
      link.held = undefined;
    }
    // Others first: a result that was refused is better computed elsewhere.
    dispatch(link);
  };

  /** Takes a valid result into the ledger. */
  const accept = (link: WorkerLink, held: Held): void => {
    current!.round.settle(link.worker, held.unit.index);
    crew.done(link, held);
  };

  const applyStep = (total: GradientSlot) => {
    if (over) return;
    const result = state.apply(total);
    if (result === undefined) {
      state.whenApplicable(() => applyStep(total));
      return;
    }
    const { samples, values } = result;
    lastFiniteLoss = values.loss;
    meter.applied(samples, clock());
    reporter.point({
      step: state.version,
      epoch: state.version / timetable.stepsPerEpoch,
      split: 'train',
      values,
      time: new Date().toISOString(),
    });
    advance();
  };

  const scoreVersion = (sums: Float64Array) => {
    const { version } = state;
    const values: Scores = scoresOf(options.metrics, sums);
    if (!Object.values(values).every(Number.isFinite)) {
      diverged(values.loss);
      return;
    }
    const tables = tablesOf(options.metrics, sums, options.classesOf);
    evaluated = { version, values };
    const epoch = version / timetable.stepsPerEpoch;
    reporter.point({ step: version, epoch, split: 'validation', values, time: new Date().toISOString() });
    reporter.event('evaluated', `Validation at step ${version}: ${describe(values)}`, {
      step: version,
      values,
      ...(Object.keys(tables).length === 0 ? {} : { tables }),
    });
    advance();
  };

  // --- ends -------------------------------------------------------------------------------------------------------

  const stopRounds = (reason: ReleaseReason) => {
    over = true;
    current = undefined;
    clearInterval(ticker);
    crew.releaseAll(reason);
  };

  const end = async (outcome: Outcome) => {
    await gradientJobs.close();
    await reporter.finish(outcome);
    settle(outcome);
  };

  const succeed = async () => {
    stopRounds('ended');
    checkpoints.write(evaluated);
    await checkpoints.idle();
    try {
      const weightsHash = await checkpoints.weights();
      await end({ state: 'succeeded', weightsHash, ledgerHash: state.ledgerHash });
    } catch (cause) {
      const problem = `its weights could not be stored: ${cause instanceof Error ? cause.message : cause}`;
      if (!isFenced) fail(new DescentError('JOB_FAILED', { step: state.version, problem }, { cause }));
    }
  };

  const fail = (error: DescentError) => {
    stopRounds('ended');
    void end({ state: 'failed', error: describeError(error) });
  };

  const diverged = (loss: number | undefined) =>
    fail(
      new DescentError('JOB_DIVERGED', {
        step: state.version,
        loss: Number.isFinite(loss) ? `${loss}, with a gradient that is not finite,` : String(loss),
        lastFiniteLoss: lastFiniteLoss ?? 'none',
      }),
    );

  const interrupt = async (outcome: Outcome) => {
    stopRounds('handed-back');
    checkpoints.write(evaluated);
    await checkpoints.idle();
    await end(outcome);
  };

  return {
    ended,
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
      void gradientJobs.refill();
      ticker = setInterval(() => {
        dispatch();
        if (++ticks % 4 === 0) void gradientJobs.refill();
      }, tickMs);
      advance();
    },
    joined(link, serial) {
      if (crew.join(link, serial)) {
        reporter.event('worker-joined', `Worker ${link.worker} joined`, { worker: link.worker });
      }
      if (over) crew.releaseAll('ended');
      else dispatch();
    },
    expectGradient(link, header) {
      if (header.incarnation !== incarnation) {
        return new DescentError('INCARNATION_STALE', {
          jobId,
          current: incarnation,
          given: header.incarnation,
        });
      }
      if (header.payloadBytes !== state.slotBytes) return wrongLength(header, state.slotBytes);
      return objection(link, 'train', header) ?? state.takeSlot();
    },
    gradient(link, header, slot) {
      const late = objection(link, 'train', header);
      if (late !== undefined) {
        state.freeSlot(slot);
        refuse(link, header, late);
        return;
      }
      const held = link.held!;
      if (!state.isFinite(slot)) {
        const loss = slot.sums[1]! / slot.sums[0]!;
        state.freeSlot(slot);
        const times = current!.round.refuse(link.worker, held.unit.index);
        refuse(
          link,
          header,
          new DescentError('GRADIENT_NOT_FINITE', { step: header.step, microBatch: header.microBatch }),
        );
        if (times >= mostNotFinite) diverged(loss);
        return;
      }
      accept(link, held);
      const total = current!.gradients.add(held.unit.index, slot);
      if (total === undefined) dispatch();
      else {
        current = undefined;
        applyStep(total);
      }
    },
    scores(link, header, sums) {
      const late = objection(link, 'evaluate', header);
      if (late !== undefined) {
        refuse(link, header, late);
        return;
      }
      const held = link.held!;
      accept(link, held);
      const total = current!.scores.add(held.unit.index, sums);
      if (total === undefined) dispatch();
      else {
        current = undefined;
        scoreVersion(total);
      }
    },
    refused: refuse,
    dropped: state.freeSlot,
    failed(link, header, error) {
      if (link.held?.assignment !== header.assignment) return;
      const times = current?.round.refuse(link.worker, link.held.unit.index) ?? 0;
      link.held = undefined;
      reporter.event('log', `Worker ${link.worker} could not compute: ${error.message}`, {
        code: error.code,
      });
      if (times >= mostFailures) {
        const problem = `${times} attempts at one micro-batch failed, the last with: ${error.message}`;
        fail(new DescentError('JOB_FAILED', { step: state.version, problem }, { cause: error }));
        return;
      }
      dispatch(link);
    },
    left(link, reason) {
      if (!crew.leave(link)) return;
      current?.round.giveBack(link.worker);
      if (over) return;
      reporter.event('worker-left', `Worker ${link.worker} left: ${reason}`, { worker: link.worker });
      dispatch();
    },
    want(wanted) {
      if (over || wanted === 'run') return;
      if (wanted === 'pause') void interrupt({ state: 'paused', step: state.version });
      else {
        stopRounds('ended');
        void end({ state: 'cancelled' });
      }
    },
    handBack(reason) {
      if (!over) void interrupt({ state: 'queued', reason });
    },
    fenced() {
      isFenced = true;
      if (!over) stopRounds('ended');
      void gradientJobs.close();
      settle('fenced');
    },
  };
}

function describe(values: Scores): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(', ');
}

function describeError(error: DescentError<ErrorCode>): JobError {
  return { code: error.code, message: error.message, details: error.details, advice: error.entry.advice };
}
