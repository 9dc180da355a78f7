import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';

/**
 * Where the time of a micro-batch goes, from the opening of its step to the update that it is part of:
 *
 *   queue    until a worker begins with it: no worker was free, or the worker had other work before it
 *   pull     the worker waits for the parameters
 *   data     samples are gathered, random masks drawn
 *   compute  forward and backward pass
 *   push     the gradient is on its way, and checked
 *   wait     until the last micro-batch of the step is there
 *   reduce   gradients are added, on worker and server
 *   update   optimizer
 */
export const timePhases = ['queue', 'pull', 'data', 'compute', 'push', 'wait', 'reduce', 'update'] as const;
export type TimePhase = (typeof timePhases)[number];
export type PhaseTimes = { readonly [Phase in TimePhase]: number };

const ms = Type.Number({ minimum: 0 });

/** Means over the latest steps. */
export const JobTiming = Closed({
  steps: Type.Integer({ minimum: 1, description: 'That it is the mean of: the latest, at most 256' }),
  microBatches: Type.Integer({ minimum: 1, description: 'Of these steps' }),
  stepMs: Type.Number({ minimum: 0, description: 'From one update to the next' }),
  phases: Closed(
    { queue: ms, pull: ms, data: ms, compute: ms, push: ms, wait: ms, reduce: ms, update: ms },
    { description: 'Milliseconds of each phase in the life of a micro-batch' },
  ),
});
export type JobTiming = Static<typeof JobTiming>;

const whole = Type.Integer({ minimum: 0 });

/**
 * The latest steps with all their micro-batches, as a parameter server reports them every few seconds. Instants are
 * milliseconds since `startedAt`.
 */
export const JobTrace = Closed({
  startedAt: Type.String({ format: 'date-time' }),
  workers: Type.Array(Type.String({ maxLength: 256 }), { maxItems: 4096 }),
  steps: Type.Array(
    Closed({ step: whole, openedAt: ms, completedAt: ms, appliedAt: ms, reduceMs: ms, updateMs: ms }),
    { maxItems: 4096 },
  ),
  units: Type.Array(
    Closed({
      step: whole,
      first: Type.Integer({ minimum: 0, description: 'Of the micro-batches that were computed together' }),
      count: whole,
      worker: Type.Integer({ minimum: 0, description: 'Index in `workers`' }),
      handedOut: Type.Optional(
        Type.Integer({
          minimum: 2,
          description:
            'Times that it was given to a worker; left out: once. Again after a loss or a refusal, when slow, or to compare',
        }),
      ),
      assignedAt: ms,
      answeredAt: ms,
      acceptedAt: ms,
      waitMs: ms,
      pullMs: ms,
      dataMs: ms,
      computeMs: ms,
      sumMs: ms,
    }),
    { maxItems: 8192 },
  ),
});
export type JobTrace = Static<typeof JobTrace>;

/** The trace event format of Chrome (chrome://tracing, Perfetto): complete events and names of rows. Times in µs. */
export const ChromeTrace = Closed({
  displayTimeUnit: Type.Literal('ms'),
  otherData: Type.Record(Type.String(), Type.Unknown()),
  traceEvents: Type.Array(
    Closed({
      name: Type.String(),
      ph: Type.Union([Type.Literal('X'), Type.Literal('M')], { description: 'complete event, metadata' }),
      pid: Type.Integer(),
      tid: Type.Integer(),
      ts: Type.Optional(Type.Number({ description: 'Begin, µs' })),
      dur: Type.Optional(Type.Number({ description: 'Duration, µs' })),
      cat: Type.Optional(Type.String()),
      args: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
});
export type ChromeTrace = Static<typeof ChromeTrace>;
