import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';
import { JobError, NewJobEvent, NewMetricPoint, Progress, QuarantinedWorker } from './job.ts';
import { TrainingPlan } from './plan.ts';
import { GradientTurn } from './scheduling.ts';
import { JobTiming, JobTrace } from './step-times.ts';

/**
 * The internal routes between parameter server or worker and api (bearer: the service token).
 *
 *   POST /internal/servers                     ReplaceRequest → {}
 *   POST /internal/servers/:name/heartbeat     ServerBeat → {}, every second
 *   POST /internal/workers                     WorkerJoin → WorkerJoined
 *   POST /internal/workers/:id/heartbeat       WorkerBeat → WorkerOrder, or 404 WORKER_NOT_FOUND: it has to join again
 *   POST /internal/jobs/:id/claim              ClaimRequest  → ClaimAnswer, or 409 JOB_CLAIM_REFUSED
 *   POST /internal/jobs/:id/reports            Report        → ReportAnswer, or 409 INCARNATION_STALE
 *   PUT  /internal/jobs/:id/checkpoints/:step  safetensors   → { hash }   headers: x-descent-incarnation
 *   GET  /internal/jobs/:id/checkpoints/:step  → safetensors (verified against its hash before the first byte)
 *   PUT  /internal/jobs/:id/weights            safetensors   → { hash }   headers: x-descent-incarnation
 *   GET  /internal/artifacts/:hash             → bytes (data set shards)
 */
export const ClaimRequest = Closed({
  server: Type.String({ description: 'Name of the parameter server process' }),
});
export type ClaimRequest = Static<typeof ClaimRequest>;

/** A parameter server whose supervisor saw its predecessors end: jobs that those hold need not wait to be missed. */
export const ReplaceRequest = Closed({
  server: Type.String(),
  replaces: Type.String({ description: 'Servers of this name, or of this name with a dot and a number' }),
});
export type ReplaceRequest = Static<typeof ReplaceRequest>;

export const ServerBeat = Closed({
  memoryBytes: Type.Integer({ minimum: 0, description: 'What all its training jobs together may take' }),
  remoteAddress: Type.Union([Type.String(), Type.Null()], {
    description: 'Where workers of other machines reach its gradient channel; null: nowhere',
  }),
});
export type ServerBeat = Static<typeof ServerBeat>;

/** Where a job's gradient jobs go on the queue. */
const gradientOrders = {
  /** Left out: first come first served. */
  turn: Type.Optional(GradientTurn),
  /** Workers that are lent to the job's team: so many further gradient jobs are for them. */
  lentWorkers: Type.Optional(Type.Integer({ minimum: 0 })),
};

export const ClaimAnswer = Closed({
  incarnation: Type.Integer({ minimum: 1 }),
  team: Type.Optional(Type.String({ description: 'Whose job it is' })),
  ...gradientOrders,
  plan: TrainingPlan,
  /** Newest first. The server takes the first that verifies; none: it initialises the parameters from the seed. */
  checkpoints: Type.Array(Closed({ step: Type.Integer(), hash: Type.String() })),
  /** Numerics class that earlier incarnations computed in. */
  numericsClass: Type.Union([Type.String(), Type.Null()]),
  /** Workers that may compute no more for it. */
  quarantined: Type.Optional(Type.Array(Type.String())),
});
export type ClaimAnswer = Static<typeof ClaimAnswer>;

/** How a training job leaves its parameter server. */
export const Outcome = Type.Union([
  Closed({ state: Type.Literal('succeeded'), weightsHash: Type.String(), ledgerHash: Type.String() }),
  Closed({ state: Type.Literal('failed'), error: JobError }),
  Closed({ state: Type.Literal('cancelled') }),
  Closed({ state: Type.Literal('paused'), step: Type.Integer() }),
  Closed(
    { state: Type.Literal('queued'), reason: Type.String() },
    { description: 'Handed back, for another server to take' },
  ),
]);
export type Outcome = Static<typeof Outcome>;

/** A training job's gradient jobs as they stand. */
export const Demand = Closed({
  waiting: Type.Integer({ minimum: 0, description: 'No worker has taken them' }),
  waitedMs: Type.Number({ minimum: 0, description: 'The one that waits longest' }),
  serving: Type.Integer({ minimum: 0, description: 'Workers serve them now' }),
  seconds: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
    description: 'What one takes; null: none has ended yet',
  }),
});
export type Demand = Static<typeof Demand>;

/**
 * One report, sent every 500 ms while a server holds the job; also its sign of life.
 * `serial` grows by one per report of an incarnation; the api ignores one it has already stored (retries are safe).
 * Points of steps that are replayed after a restart replace the equal ones stored before.
 */
export const Report = Closed({
  incarnation: Type.Integer({ minimum: 1 }),
  serial: Type.Integer({ minimum: 0 }),
  progress: Progress,
  numericsClass: Type.Union([Type.String(), Type.Null()]),
  points: Type.Array(NewMetricPoint),
  events: Type.Array(NewJobEvent),
  /** Of each the checkpoints after `since` are forgotten, in the same transaction. */
  quarantined: Type.Optional(Type.Array(QuarantinedWorker)),
  /** Where the time of the latest steps went; absent when no step was applied since the last report. */
  timing: Type.Optional(JobTiming),
  /** Every few seconds, and with the outcome. */
  trace: Type.Optional(JobTrace),
  demand: Type.Optional(Demand),
  outcome: Type.Union([Outcome, Type.Null()]),
});
export type Report = Static<typeof Report>;

/** What the api wants the server to do with the job; `yield`: hand it back with a checkpoint. */
export const ReportAnswer = Closed({
  wanted: OneOf(['run', 'pause', 'cancel', 'yield']),
  ...gradientOrders,
});
export type ReportAnswer = Static<typeof ReportAnswer>;
