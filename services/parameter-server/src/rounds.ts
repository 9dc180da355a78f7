import type { Scores } from '@descent/contracts';
import { deepestLevel, MAX_NODE, nodeLevel } from '@descent/gradient-channel';
import { type CompiledMetric, scoresOf, tablesOf } from '@descent/models';
import type { Result } from './auditor.ts';
import { type Ballots, createBallots } from './ballots.ts';
import type { CheckpointWriter } from './checkpoint-writer.ts';
import type { Crew, OpenRound } from './crew.ts';
import type { Ends } from './ends.ts';
import type { GradientSlot } from './gradient-slot.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { Reporter } from './reporter.ts';
import { createRound } from './round.ts';
import type { TimesObserver } from './step-times.ts';
import { addSums } from './sums.ts';
import type { Timetable } from './timetable.ts';
import type { AppliedStep, Applying, Evaluation, TrainingState } from './training-state.ts';
import { createTreeSum, type Total, type TreeSum } from './tree-sum.ts';
import type { Held, WorkerLink } from './worker-link.ts';

/** Elements of an update that are made in one turn of the event loop: some 10 ms. */
const elementsPerTurn = 4_194_304;

/** Where a training job stands in the sequence of rounds. */
export interface CurrentRound extends OpenRound {
  /** Monotonic milliseconds. */
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

export interface RoundsOptions {
  /** Updates that the parameters behind a gradient may lack; 0: none, as in a synchronous job. */
  readonly maxStaleness: number;
  readonly metrics: readonly CompiledMetric[];
  classesOf(labels: string): readonly string[] | undefined;
  readonly state: TrainingState;
  readonly timetable: Timetable;
  readonly crew: Crew;
  readonly ends: Ends;
  readonly reporter: Reporter;
  readonly checkpoints: CheckpointWriter;
  readonly meter: ProgressMeter;
  readonly times: TimesObserver;
  /** Monotonic milliseconds. */
  clock(): number;
  /** Has the rest of a large update wait for its turn. */
  defer(task: () => void): void;
}

/**
 * The sequence of rounds of a training job: training round of step *s* → update → perhaps an evaluation round of version
 * *s* + 1 → perhaps a checkpoint → training round of step *s* + 1 … until the last version is evaluated.
 */
export interface Rounds {
  /** One; in an asynchronous job those of some steps, in order, of which complete ones wait for their turn. None while an update is made. */
  readonly open: readonly CurrentRound[];
  readonly evaluated: Evaluation | undefined;
  readonly lastFiniteLoss: number | undefined;
  find(of: Pick<Held, 'kind' | 'step'>): CurrentRound | undefined;
  /** Begins what comes next. */
  advance(): void;
  /** Gives out what is open; to `last` only what others leave. */
  dispatch(last?: WorkerLink): void;
  /** What was held of a round that is over belongs to nobody. */
  giveBack(link: WorkerLink, held: Held): void;
  /** All gradients of a step are there: it is applied as soon as it is its turn. */
  complete(round: CurrentRound, total: Total<GradientSlot>, at: number): void;
  /** All of an evaluation is there. */
  scored(round: CurrentRound, total: Total<Float64Array>): void;
  /** Ends all of them. */
  stop(): void;
  /** Brings an update that is being made to its end. */
  finishStep(): void;
}

export function createRounds(options: RoundsOptions): Rounds {
  const { state, timetable, crew, ends, reporter, checkpoints, meter, times, clock, defer } = options;
  let open: CurrentRound[] = [];
  let evaluated = state.evaluated;
  let lastFiniteLoss: number | undefined;
  /** The update that is being made, in turns. */
  let applying: { readonly update: Applying; done(applied: AppliedStep): void } | undefined;

  const find: Rounds['find'] = ({ kind, step }) =>
    open.find((round) => round.kind === kind && round.step === step);

  const dispatch = (last?: WorkerLink) => {
    for (const round of open) crew.dispatch(round, last);
  };

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
    const [first] = open;
    if (first?.complete === undefined) dispatch();
    else applyStep(first, first.complete);
  };

  /** Opens the rounds of the steps that may be computed from the current version; none goes past a stop. */
  const openSteps = () => {
    const { version } = state;
    const isStop = (step: number) => timetable.evaluationDue(step) || timetable.checkpointDue(step);
    const last = Math.min(version + options.maxStaleness, timetable.steps - 1);
    for (let step = version; step <= last && (step === version || !isStop(step)); step++)
      if (step > (open.at(-1)?.step ?? -1)) begin('train', step);
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
    open.push({
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

  /** Who still computes for it does so in vain. */
  const close = (round: CurrentRound): void => {
    open = open.filter((one) => one !== round);
    crew.recall(round, 'all');
  };

  const applyStep = (round: CurrentRound, { total, at: completedAt }: Complete) => {
    if (ends.over) return;
    open = open.filter((one) => one !== round);
    const { openedAt } = round;
    const update = state.apply(total, round.round.units.length);
    if (update === undefined) {
      state.whenApplicable(() => applyStep(round, { total, at: completedAt }));
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

  return {
    get open() {
      return open;
    },
    get evaluated() {
      return evaluated;
    },
    get lastFiniteLoss() {
      return lastFiniteLoss;
    },
    find,
    advance,
    dispatch,
    giveBack: (link, held) => find(held)?.round.giveBack(link.worker, held.node),
    complete(round, total, at) {
      crew.recall(round, 'all');
      round.complete = { total, at };
      if (round.step === state.version && applying === undefined) applyStep(round, round.complete);
      else dispatch();
    },
    scored(round, [left, right]) {
      if (right !== undefined) addSums(left, right);
      close(round);
      scoreVersion(left);
    },
    stop() {
      for (const round of open) close(round);
    },
    finishStep: () => void finishStep(Number.POSITIVE_INFINITY),
  };
}

function describe(values: Scores): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(', ');
}
