import type { Outcome, Progress, ReportAnswer, Scores } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  deepestLevel,
  type FrameHeader,
  MAX_NODE,
  nodeLevel,
  type WorkTimings,
  wrongLength,
} from '@descent/gradient-channel';
import { type CompiledMetric, scoresOf, tablesOf } from '@descent/models';
import type { Audit } from './audit.ts';
import { createAuditor, type Result } from './auditor.ts';
import { type Ballots, createBallots } from './ballots.ts';
import type { CheckpointWriter } from './checkpoint-writer.ts';
import { createCrew, type OpenRound } from './crew.ts';
import { createEnds } from './ends.ts';
import type { GradientJobs } from './gradient-jobs.ts';
import type { GradientSlot } from './gradient-slot.ts';
import { describeNode } from './node.ts';
import { answeredBy, objectionTo } from './objection.ts';
import { createProgressMeter } from './progress-meter.ts';
import type { Reporter } from './reporter.ts';
import { createRound } from './round.ts';
import { noObserver, type TimesObserver } from './step-times.ts';
import { addSums } from './sums.ts';
import type { Timetable } from './timetable.ts';
import type { AppliedStep, Applying, TrainingState } from './training-state.ts';
import { createTreeSum, type Total, type TreeSum } from './tree-sum.ts';
import type { Held, WorkerLink } from './worker-link.ts';

/** Looks for gradient jobs that the queue has lost this often. */
const refillMs = 1_000;
/** Elements of an update that are made in one turn of the event loop: some 10 ms. */
const elementsPerTurn = 4_194_304;
/** A micro-batch whose gradient was not finite twice, on whatever workers, is no accident. */
const mostNotFinite = 2;
/** Workers that were lost for good over one micro-batch before the job fails: the next one would be lost too. */
const mostLost = 3;
/** Assignments that failed on workers (engine errors, data that cannot be read) before the job fails. */
const mostFailures = 3;

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

/** Where a training job stands in the sequence of rounds. */
interface CurrentRound extends OpenRound {
  readonly openedAt: number;
  readonly gradients: TreeSum<GradientSlot>;
  readonly scores: TreeSum<Float64Array>;
  readonly ballots: Ballots<Result>;
  /** All of it is there: what is to be applied. */
  complete: Complete | undefined;
}

interface Complete {
  readonly total: Total<GradientSlot>;
  readonly at: number;
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
  /** Looks after what no event tells of: slow workers, lost gradient jobs. Called by the host, some ten times per second. */
  tick(): void;
  joined(link: WorkerLink, serial: number): void;
  /** The worker has compiled and loaded what the plan needs. */
  ready(link: WorkerLink): void;
  /** Before a payload is received: where it goes, or why not. */
  expectGradient(link: WorkerLink, header: FrameHeader): GradientSlot | DescentError;
  gradient(link: WorkerLink, header: FrameHeader, slot: GradientSlot): void;
  scores(link: WorkerLink, header: FrameHeader, sums: Float64Array, work: WorkTimings): void;
  refused(link: WorkerLink, header: FrameHeader, error: DescentError): void;
  /** The connection broke while a payload was being received into this slot. */
  dropped(slot: GradientSlot): void;
  failed(link: WorkerLink, header: FrameHeader, error: DescentError): void;
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
  const { jobId, incarnation, state, timetable, gradientJobs, reporter, checkpoints, audit, clock } = options;
  const { defer = setImmediate, times = noObserver } = options;
  const crew = createCrew({ gradientJobs, hold: state.hold, clock });
  const meter = createProgressMeter();
  /** One; in an asynchronous job those of some steps, in order, of which complete ones wait for their turn. */
  let rounds: CurrentRound[] = [];
  let evaluated = state.evaluated;
  let lastFiniteLoss: number | undefined;
  let refilledAt = Number.NEGATIVE_INFINITY;
  let couldNotPrepare = 0;
  /** The update that is being made, in turns. */
  let applying: { readonly update: Applying; done(applied: AppliedStep): void } | undefined;
  const ends = createEnds({
    state,
    gradientJobs,
    reporter,
    checkpoints,
    evaluated: () => evaluated,
    stopRounds(reason) {
      for (const round of rounds) close(round);
      crew.releaseAll(reason);
    },
    finishStep: () => void finishStep(Number.POSITIVE_INFINITY),
  });

  const dispatch = (last?: WorkerLink) => {
    for (const round of rounds) crew.dispatch(round, last);
  };
  const auditor =
    audit &&
    createAuditor<CurrentRound>({
      audit,
      crew,
      reporter,
      ends,
      dispatch,
      count: (open, result) => collect(open, result, result.slot!),
      leave: (link, reason) => void leave(link, reason),
      lastFiniteLoss: () => lastFiniteLoss,
    });

  // --- the sequence of rounds -------------------------------------------------------------------------------------

  const advance = () => {
    if (ends.over) return;
    const { version } = state;
    if (timetable.evaluationDue(version) && evaluated?.version !== version) {
      begin('evaluate', version);
      dispatch();
      return;
    }
    if (version === timetable.steps) {
      ends.succeed();
      return;
    }
    if (timetable.checkpointDue(version)) checkpoints.write(evaluated);
    openSteps();
    const [first] = rounds;
    if (first?.complete === undefined) dispatch();
    else applyStep(first, first.complete);
  };

  /** Opens the rounds of the steps that may be computed from the current version; none goes past a stop. */
  const openSteps = () => {
    const { version } = state;
    const isStop = (step: number) => timetable.evaluationDue(step) || timetable.checkpointDue(step);
    const last = Math.min(version + options.maxStaleness, timetable.steps - 1);
    for (let step = version; step <= last && (step === version || !isStop(step)); step++)
      if (step > (rounds.at(-1)?.step ?? -1)) begin('train', step);
  };

  const begin = (kind: Held['kind'], step: number) => {
    const units = kind === 'train' ? timetable.trainingUnits(step) : timetable.evaluationUnits();
    const deepest =
      kind === 'evaluate'
        ? nodeLevel(MAX_NODE)
        : state.isPlain
          ? deepestLevel(units.length, state.gradientBytes)
          : 0;
    const ballots = createBallots<Result>(({ slot }) => slot && state.freeSlot(slot));
    rounds.push({
      kind,
      step,
      get version() {
        return state.version;
      },
      epoch: kind === 'train' ? timetable.epochOf(step) : 0,
      openedAt: clock(),
      round: createRound(units, deepest),
      gradients: state.createSum(units.length),
      scores: createTreeSum(units.length, addSums),
      ballots,
      mayVote: ballots.mayVote,
      complete: undefined,
    });
  };

  // --- results ----------------------------------------------------------------------------------------------------

  const objection = (link: WorkerLink, kind: Held['kind'], header: FrameHeader) =>
    objectionTo(kind, header, link.held, rounds, state.version);

  const roundOf = ({ kind, step }: Pick<Held, 'kind' | 'step'>) =>
    rounds.find((round) => round.kind === kind && round.step === step);

  const refuse = (link: WorkerLink, header: FrameHeader, error: DescentError) => {
    link.wire.refused(header, error);
    reporter.event('gradient-refused', error.message, { code: error.code, worker: link.worker });
    const held = link.held.find(({ assignment }) => assignment === header.assignment);
    if (held !== undefined) {
      crew.answered(link, held);
      giveBack(link, held);
    }
    // Others first: a result that was refused is better computed elsewhere.
    dispatch(link);
  };

  /** What was held of a round that is over belongs to nobody. */
  const giveBack = (link: WorkerLink, held: Held) => {
    roundOf(held)?.round.giveBack(link.worker, held.node);
  };

  /** A valid result is there, whether it is to be compared with others or not. */
  const answered = (link: WorkerLink, held: Held, work: WorkTimings): void => {
    crew.answered(link, held, work);
    link.wire.accepted(held);
  };

  /** Takes a result into the ledger. */
  const settle = (open: CurrentRound, result: Omit<Result, 'slot' | 'loss'>): void => {
    const { worker, held, answeredAt, receivedAt, work } = result;
    const { kind, step, node, assignedAt } = held;
    open.round.settle(worker, node);
    crew.recall(open, 'settled');
    times.unit({
      kind,
      version: step,
      first: node.first,
      count: node.count,
      worker,
      openedAt: open.openedAt,
      assignedAt,
      answeredAt,
      receivedAt,
      acceptedAt: clock(),
      work,
    });
  };

  /** Adds a gradient to those of its step. */
  const collect = (open: CurrentRound, result: Result, slot: GradientSlot): void => {
    settle(open, result);
    const { first, count } = result.held.node;
    const total = open.gradients.add(first, count, slot);
    if (total === undefined) {
      dispatch();
      return;
    }
    crew.recall(open, 'all');
    open.complete = { total, at: result.receivedAt };
    if (open.step === state.version && applying === undefined) applyStep(open, open.complete);
    else dispatch();
  };

  /** The round is over: who still computes for it does so in vain. */
  const close = (round: CurrentRound): void => {
    rounds = rounds.filter((one) => one !== round);
    crew.recall(round, 'all');
  };

  const applyStep = (closed: CurrentRound, { total, at: completedAt }: Complete) => {
    if (ends.over) return;
    rounds = rounds.filter((one) => one !== closed);
    const { openedAt, round } = closed;
    const update = state.apply(total, round.units.length);
    if (update === undefined) {
      state.whenApplicable(() => applyStep(closed, { total, at: completedAt }));
      return;
    }
    const step = state.version;
    const done = ({ samples, values, reduceMs, updateMs, layers }: AppliedStep) => {
      const appliedAt = clock();
      lastFiniteLoss = values.loss;
      meter.applied(samples, appliedAt);
      times.step({ step, samples, openedAt, completedAt, appliedAt, reduceMs, updateMs });
      reporter.point({
        step: state.version,
        epoch: state.version / timetable.stepsPerEpoch,
        split: 'train',
        values,
        time: new Date().toISOString(),
        ...(layers !== undefined && { layers }),
      });
    };
    applying = { update, done };
    continueStep();
  };

  const continueStep = () => {
    if (!finishStep(elementsPerTurn)) defer(continueStep);
    else if (!ends.over) advance();
  };

  /** Goes on with the update that is being made; true when none is left. */
  const finishStep = (elements: number): boolean => {
    const applied = applying?.update.advance(elements);
    if (applying === undefined || applied === undefined) return applying === undefined;
    const { done } = applying;
    applying = undefined;
    done(applied);
    return true;
  };

  const scoreVersion = (sums: Float64Array) => {
    const { version } = state;
    const values: Scores = scoresOf(options.metrics, sums);
    if (!Object.values(values).every(Number.isFinite)) {
      ends.diverged(values.loss, lastFiniteLoss);
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

  const leave = (link: WorkerLink, reason: string): boolean => {
    if (!crew.leave(link)) return false;
    for (const held of link.held) giveBack(link, held);
    link.held = [];
    if (ends.over) return false;
    reporter.event('worker-left', `Worker ${link.worker} left: ${reason}`, { worker: link.worker });
    return true;
  };

  return {
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
      advance();
    },
    tick() {
      if (ends.over) return;
      if (clock() - refilledAt >= refillMs) {
        refilledAt = clock();
        void gradientJobs.refill();
      }
      dispatch();
      for (const round of rounds) {
        crew.relieve(round);
        auditor?.recount(round);
      }
    },
    joined(link, serial) {
      if (crew.join(link, serial)) {
        reporter.event('worker-joined', `Worker ${link.worker} joined`, { worker: link.worker });
      }
      if (ends.over) crew.releaseAll('ended');
      else dispatch();
    },
    ready(link) {
      link.ready = true;
      dispatch();
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
      const receivedAt = clock();
      const late = objection(link, 'train', header);
      if (late !== undefined) {
        state.freeSlot(slot);
        refuse(link, header, late);
        return;
      }
      const held = answeredBy(header, 'train', link.held)!;
      const open = roundOf(held)!;
      const found = slot.check();
      if (found === 'damaged') {
        state.freeSlot(slot);
        refuse(
          link,
          header,
          new DescentError('FRAME_MALFORMED', { problem: 'a gradient that no encoder makes' }),
        );
        return;
      }
      const { answeredAt, sums } = slot;
      const isWhole = found === 'finite';
      const isAudited =
        open.ballots.find(held.node) !== undefined ||
        (isWhole && audit?.isDue(held.step, held.node) === true);
      const result: Result = {
        worker: link.worker,
        held,
        slot: isWhole ? slot : undefined,
        loss: sums[1]! / sums[0]!,
        answeredAt,
        receivedAt,
        work: slot.timings(),
      };
      if (!isWhole) state.freeSlot(slot);
      if (isAudited) {
        answered(link, held, result.work);
        auditor!.vote(open, link, result);
      } else if (isWhole) {
        audit?.vouching.contributed(link.worker, held.step);
        answered(link, held, result.work);
        collect(open, result, slot);
      } else {
        const attempts = open.round.refuse(link.worker, held.node);
        const { step, microBatch } = header;
        refuse(link, header, new DescentError('GRADIENT_NOT_FINITE', { step, microBatch }));
        if (attempts >= mostNotFinite) ends.diverged(result.loss, lastFiniteLoss);
      }
    },
    scores(link, header, sums, work) {
      const receivedAt = clock();
      const late = objection(link, 'evaluate', header);
      if (late !== undefined) {
        refuse(link, header, late);
        return;
      }
      const held = answeredBy(header, 'evaluate', link.held)!;
      const open = roundOf(held)!;
      answered(link, held, work);
      settle(open, { worker: link.worker, held, answeredAt: receivedAt, receivedAt, work });
      const total = open.scores.add(held.node.first, held.node.count, sums);
      if (total === undefined) dispatch();
      else {
        const [left, right] = total;
        if (right !== undefined) addSums(left, right);
        close(open);
        scoreVersion(left);
      }
    },
    refused: refuse,
    dropped: state.freeSlot,
    failed(link, header, error) {
      const held = link.held.find(({ assignment }) => assignment === header.assignment);
      const isPreparation = header.assignment === 0;
      if (ends.over || (held === undefined && !isPreparation)) return;
      let attempts = 0;
      if (isPreparation) attempts = ++couldNotPrepare;
      else if (held !== undefined) {
        attempts = roundOf(held)?.round.refuse(link.worker, held.node) ?? 0;
        crew.answered(link, held);
      }
      reporter.event('log', `Worker ${link.worker} could not compute: ${error.message}`, {
        code: error.code,
      });
      if (attempts >= mostFailures) {
        const what = isPreparation ? 'to prepare the job' : 'at one micro-batch';
        const problem = `${attempts} attempts ${what} failed, the last with: ${error.message}`;
        ends.fail(new DescentError('JOB_FAILED', { step: state.version, problem }, { cause: error }));
        return;
      }
      dispatch(link);
    },
    left(link, reason) {
      if (leave(link, reason)) dispatch();
    },
    alive(worker) {
      for (const { round } of rounds) round.alive(worker);
    },
    lost(link, reason) {
      // Only the first is being computed.
      const [held] = link.held;
      const lost = (held && roundOf(held)?.round.lost(link.worker, held.node)) ?? [];
      if (!leave(link, reason)) return;
      if (lost.length < mostLost) {
        dispatch();
        return;
      }
      const problem = `${lost.length} workers were lost while they computed ${describeNode(held!.node)}: ${lost.join(', ')}`;
      ends.fail(new DescentError('JOB_FAILED', { step: state.version, problem, workers: lost }));
    },
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

function describe(values: Scores): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(', ');
}
