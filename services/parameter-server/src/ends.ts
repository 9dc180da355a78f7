import type { JobError, Outcome, QuarantinedWorker } from '@descent/contracts';
import { DescentError, type ErrorCode } from '@descent/errors';
import type { CheckpointWriter } from './checkpoint-writer.ts';
import type { GradientJobs } from './gradient-jobs.ts';
import type { Reporter } from './reporter.ts';
import type { Evaluation, TrainingState } from './training-state.ts';
import type { ReleaseReason } from './worker-link.ts';

export interface EndsOptions {
  readonly state: TrainingState;
  readonly gradientJobs: GradientJobs;
  readonly reporter: Reporter;
  readonly checkpoints: CheckpointWriter;
  evaluated(): Evaluation | undefined;
  /** Ends the rounds and lets the workers go. */
  stopRounds(reason: ReleaseReason): void;
  /** Brings an update that is being made to its end: a checkpoint between its tiles would be of no version. */
  finishStep(): void;
}

/** The ways in which a training job leaves its server. Each is taken once: the first one counts. */
export interface Ends {
  readonly ended: Promise<Outcome | 'fenced'>;
  /** An end has begun: nothing of what still arrives counts. */
  readonly over: boolean;
  succeed(): void;
  fail(error: DescentError): void;
  /** The state before is finite, since nothing else is ever applied: it is kept, so that the job can be forked from it. */
  diverged(loss: number | undefined, lastFiniteLoss: number | undefined): void;
  /** With a checkpoint of the current version. */
  interrupt(outcomeAt: (step: number) => Outcome): void;
  /** Another server goes on from a checkpoint that has no work of this worker since the step that it names. */
  goBack(quarantined: QuarantinedWorker): void;
  cancelled(): void;
  fenced(): void;
}

export function createEnds(options: EndsOptions): Ends {
  const { state, gradientJobs, reporter, checkpoints, finishStep } = options;
  let over = false;
  let isFenced = false;
  let settle: (outcome: Outcome | 'fenced') => void = () => {};
  const ended = new Promise<Outcome | 'fenced'>((resolve) => {
    settle = resolve;
  });

  let closing: Promise<void> | undefined;

  const stop = (reason: ReleaseReason) => {
    over = true;
    // Before workers are let go, and not once all is stored: they would take one gradient job after the other for nothing.
    closing ??= gradientJobs.close();
    options.stopRounds(reason);
  };

  const end = async (outcome: Outcome) => {
    await closing;
    await reporter.finish(outcome);
    settle(outcome);
  };

  const fail = (error: DescentError) => {
    stop('ended');
    void end({ state: 'failed', error: describeError(error) });
  };

  const succeed = async () => {
    stop('ended');
    checkpoints.write(options.evaluated());
    await checkpoints.idle();
    try {
      const weightsHash = await checkpoints.weights();
      await end({ state: 'succeeded', weightsHash, ledgerHash: state.ledgerHash });
    } catch (cause) {
      const problem = `its weights could not be stored: ${cause instanceof Error ? cause.message : cause}`;
      if (!isFenced) fail(new DescentError('JOB_FAILED', { step: state.version, problem }, { cause }));
    }
  };

  const diverged = async (loss: number | undefined, lastFiniteLoss: number | undefined) => {
    stop('ended');
    checkpoints.write(options.evaluated());
    await checkpoints.idle();
    fail(
      new DescentError('JOB_DIVERGED', {
        step: state.version,
        loss: Number.isFinite(loss) ? `${loss}, with a gradient that is not finite,` : String(loss),
        lastFiniteLoss: lastFiniteLoss ?? 'none',
      }),
    );
  };

  const interrupt = async (outcomeAt: (step: number) => Outcome) => {
    stop('handed-back');
    finishStep();
    const outcome = outcomeAt(state.version);
    checkpoints.write(options.evaluated());
    await checkpoints.idle();
    await end(outcome);
  };

  const goBack = async (quarantined: QuarantinedWorker) => {
    const { worker, since } = quarantined;
    stop('handed-back');
    finishStep();
    // What is spoiled may be of the round alone that has just been given up.
    if (since === null || since >= state.version) checkpoints.write(options.evaluated());
    // A checkpoint that came after the news would be kept.
    await checkpoints.idle();
    reporter.quarantined(quarantined);
    await end({
      state: 'queued',
      reason: `Worker ${worker} computed wrong gradients: goes back to a checkpoint without its work`,
    });
  };

  return {
    ended,
    get over() {
      return over;
    },
    succeed: () => void succeed(),
    fail,
    diverged: (loss, lastFiniteLoss) => void diverged(loss, lastFiniteLoss),
    interrupt: (outcomeAt) => void interrupt(outcomeAt),
    goBack: (quarantined) => void goBack(quarantined),
    cancelled() {
      stop('ended');
      void end({ state: 'cancelled' });
    },
    fenced() {
      isFenced = true;
      if (!over) stop('ended');
      settle('fenced');
    },
  };
}

function describeError(error: DescentError<ErrorCode>): JobError {
  return { code: error.code, message: error.message, details: error.details, advice: error.entry.advice };
}
