import { graphHash as hashGraph } from '@descent/autodiff';
import { type ClaimAnswer, maxStalenessOf, type Outcome, type TrainingPlan } from '@descent/contracts';
import { classesOfInput } from '@descent/datasets';
import { DescentError, isDescentError } from '@descent/errors';
import { type CompiledMetric, type CompiledModel, compileModel, trainingGraph } from '@descent/models';
import { createAudit } from './audit.ts';
import { createCheckpointWriter } from './checkpoint-writer.ts';
import { createGradientJobs, type GradientJobs, type GradientQueue } from './gradient-jobs.ts';
import { createNumericsGate, type NumericsGate } from './numerics-gate.ts';
import { createQuarantine, type Quarantine } from './quarantine.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { restore } from './restore.ts';
import { createStepBreakdown, type StepBreakdownOptions } from './step-breakdown.ts';
import { both, type TimesObserver } from './step-times.ts';
import { planTimetable } from './timetable.ts';
import { createTrainingJob, type TrainingJob } from './training-job.ts';
import { createTrainingState, type TrainingStateOptions } from './training-state.ts';
import type { Truth } from './truth.ts';
import { createVouching } from './vouching.ts';

/** Two workers that differ need a third to decide. */
const leastAuditors = 3;

/** A training job that this server has claimed, as the door of the gradient channel needs it. */
export interface RunningJob {
  readonly jobId: string;
  readonly incarnation: number;
  /** For workers that do not know it yet. */
  readonly plan: TrainingPlan;
  /** Length in float32 of a PARAMETERS frame's payload. */
  readonly elements: number;
  readonly metrics: readonly CompiledMetric[];
  readonly training: TrainingJob;
  readonly gradientJobs: GradientJobs;
  readonly numerics: NumericsGate;
  readonly quarantine: Quarantine;
}

export interface RunOptions {
  readonly truth: Truth;
  readonly gradients: GradientQueue;
  /** Address of the gradient channel that workers are told. */
  readonly address: string;
  /** Default: the reporter's. */
  readonly reportIntervalMs?: number;
  createLease(jobId: string, incarnation: number, serial: number): string;
  /** Monotonic milliseconds. */
  clock(): number;
  /** Default: from the plan's model, which must be the one that was priced. */
  compile?(plan: TrainingPlan): Pick<CompiledModel, 'layout' | 'metrics'>;
  readonly sumOrder?: TrainingStateOptions['sumOrder'];
  /** Hears of every result and step of a training job. */
  timesOf?(jobId: string): TimesObserver;
  /** Hears where the time of every micro-batch went. */
  readonly onPhases?: StepBreakdownOptions['onPhases'];
  onQueueError(error: unknown): void;
  /** Called when workers may join; what it returns is called when they may no longer. */
  opened(job: RunningJob): () => void;
}

/** Runs a claimed training job until it leaves this server. Never rejects: what goes wrong becomes the outcome. */
export async function runTrainingJob(claim: ClaimAnswer, options: RunOptions): Promise<Outcome | 'fenced'> {
  const { truth } = options;
  const { plan, incarnation } = claim;
  const { jobId } = plan;
  const { training, reproducibility = 'strict' } = plan.request;
  const numerics = createNumericsGate(reproducibility, claim.numericsClass, training.compression);
  const quarantine = createQuarantine(jobId, claim.quarantined);
  const fence = new AbortController();
  const breakdown = createStepBreakdown({ clock: options.clock, onPhases: options.onPhases });
  let job: TrainingJob | undefined;
  let gradientJobs: GradientJobs | undefined;
  // Until a checkpoint is read the newest one is the best guess: progress must not seem to start over.
  const expectedStep = claim.checkpoints[0]?.step ?? plan.forkOf?.step ?? 0;

  const reporter: Reporter = createReporter({
    truth,
    jobId,
    incarnation,
    intervalMs: options.reportIntervalMs,
    current: (isLast) => ({
      ...breakdown.news(isLast),
      numericsClass: numerics.numericsClass,
      ...(gradientJobs === undefined ? {} : { demand: gradientJobs.demand() }),
      progress: job?.progress() ?? {
        step: expectedStep,
        steps: plan.price.steps,
        epoch: expectedStep / plan.price.stepsPerEpoch,
        epochs: training.epochs,
        samplesPerSecond: 0,
        etaSeconds: null,
        workers: 0,
      },
    }),
    onOrders: (orders) => gradientJobs?.order(orders),
    onWanted: (wanted) => job?.want(wanted),
    onFenced() {
      fence.abort();
      job?.fenced();
    },
  });

  try {
    const { layout, metrics } = (options.compile ?? compilePlan)(plan);
    const timetable = planTimetable(plan);
    const start = await restore({
      truth,
      claim,
      layout,
      onDamaged: (error) =>
        reporter.event('alarm', `${error.message}; the next older checkpoint is used`, {
          code: isDescentError(error) ? error.code : 'INTERNAL',
        }),
    });
    if (start.version > 0)
      reporter.event('log', `Continuing from the checkpoint at step ${start.version}`, {
        step: start.version,
      });
    const state = createTrainingState({
      layout,
      metrics,
      microBatches: plan.microBatches,
      training,
      steps: timetable.steps,
      start,
      isAudited: plan.request.audit !== undefined,
      sumOrder: options.sumOrder,
      clock: options.clock,
    });
    gradientJobs = createGradientJobs({
      queue: options.gradients,
      jobId,
      incarnation,
      workers: workersOf(plan),
      address: options.address,
      orders: claim,
      clock: options.clock,
      createLease: (serial) => options.createLease(jobId, incarnation, serial),
      onError: options.onQueueError,
    });
    const vouching = createVouching(start.unvouched);
    const { audit: share } = plan.request;
    const audit =
      share === undefined ? undefined : createAudit({ share, seed: plan.seed, vouching, quarantine });
    const checkpoints = createCheckpointWriter({
      truth,
      jobId,
      incarnation,
      layout,
      graphHash: plan.graphHash,
      state,
      unvouched: vouching.below,
      reporter,
      signal: fence.signal,
    });
    fence.signal.throwIfAborted();
    job = createTrainingJob({
      jobId,
      incarnation,
      epochs: training.epochs,
      maxStaleness: maxStalenessOf(training),
      metrics,
      classesOf: (labels) => classesOfInput(plan.request.data, plan.manifest, labels),
      state,
      timetable,
      gradientJobs,
      reporter,
      checkpoints,
      audit,
      clock: options.clock,
      times: both(breakdown, options.timesOf?.(jobId)),
    });
    const close = options.opened({
      jobId,
      incarnation,
      plan,
      elements: state.versionBytes / Float32Array.BYTES_PER_ELEMENT,
      metrics,
      training: job,
      gradientJobs,
      numerics,
      quarantine,
    });
    job.start();
    return await job.ended.finally(close);
  } catch (cause) {
    if (fence.signal.aborted) return 'fenced';
    const problem = cause instanceof Error ? cause.message : String(cause);
    const { code, message, details, entry } =
      cause instanceof DescentError ? cause : new DescentError('JOB_FAILED', { step: 0, problem }, { cause });
    // What may pass by itself is no reason to fail the job: it is handed back for another attempt.
    const outcome: Outcome = entry.retryable
      ? { state: 'queued', reason: message }
      : { state: 'failed', error: { code, message, details, advice: entry.advice } };
    await reporter.finish(outcome);
    return outcome;
  }
}

/** As many as can have something to do at once. */
function workersOf({ request: { maxWorkers, audit }, microBatches }: TrainingPlan): number {
  const useful = audit === undefined ? microBatches : Math.max(microBatches, leastAuditors);
  return Math.min(maxWorkers ?? useful, useful);
}

/** Throws GRAPH_MISMATCH. */
function compilePlan(plan: TrainingPlan): CompiledModel {
  const model = compileModel(plan.request.model);
  requireSameGraph(hashGraph(trainingGraph(model)), plan.graphHash);
  return model;
}

function requireSameGraph(actual: string, expected: string): void {
  if (actual !== expected) throw new DescentError('GRAPH_MISMATCH', { actual, expected });
}
