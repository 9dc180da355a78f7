import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';
import { JobId } from './job-id.ts';

/** Orders the jobs of one team only; higher goes first. It never moves a job past another team's. */
export const JobPriority = Type.Integer({ minimum: -100, maximum: 100, default: 0 });

/**
 * Why a queued job does not run yet: `starting` (admitted, a parameter server is about to take it), or the first of the
 * others that holds. Down to `memory-taken` it is the job's own matter, and the jobs behind it may pass; then it is its
 * turn that has not come. `too-large`: no parameter server has so much memory. `place-kept`: the places that are free
 * are for teams that hold none. `places-taken`: it is the next.
 */
export const waitingReasons = [
  'starting',
  'maintenance',
  'team-paused',
  'budget-spent',
  'storage-full',
  'no-server',
  'too-large',
  'no-worker',
  'running-limit',
  'memory-taken',
  'behind-own-jobs',
  'behind-other-teams',
  'place-kept',
  'places-taken',
] as const;
export const WaitingReason = OneOf(waitingReasons);
export type WaitingReason = Static<typeof WaitingReason>;

/** The one change that would help most; which one follows from the reason. */
export const whatIfChanges = [
  'maintenance-over',
  'team-resumed',
  'budget-raised',
  'storage-freed',
  'server-added',
  'worker-added',
  'running-limit-raised',
  'first-in-team',
  'place-added',
  'memory-free',
] as const;
export const WhatIfChange = OneOf(whatIfChanges);
export type WhatIfChange = Static<typeof WhatIfChange>;

const EstimatedTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
  description: 'null: not within what can be foreseen',
});

export const WhatIf = Closed({
  change: WhatIfChange,
  estimatedStart: EstimatedTime,
  message: Type.String({ description: 'In words' }),
});
export type WhatIf = Static<typeof WhatIf>;

/** On every queued job. */
export const Waiting = Closed({
  reason: WaitingReason,
  message: Type.String({ description: 'The reason in words' }),
  position: Closed({
    team: Type.Integer({ minimum: 1, description: 'Among the queued jobs of the team; 1 is next' }),
    whole: Type.Integer({ minimum: 1, description: 'Among all queued jobs; 1 is next' }),
  }),
  ahead: Type.Integer({ minimum: 0, description: 'Queued jobs whose turn comes before' }),
  estimatedStart: EstimatedTime,
  whatIf: Type.Union([WhatIf, Type.Null()], { description: 'null: nothing would make it start sooner' }),
});
export type Waiting = Static<typeof Waiting>;

/** What a job's workers computed in a span of time. The sum over entries is what a budget is held against. */
export const UsageEntry = Closed({
  team: Type.String({ minLength: 1 }),
  job: JobId,
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time' }),
  workerSeconds: Type.Number({ minimum: 0, description: 'Seconds of serving, summed over workers' }),
});
export type UsageEntry = Static<typeof UsageEntry>;

/** How much of its part a team had, of late: use fades with the half-life of the installation. */
export const TeamShare = Closed({
  team: Type.String({ minLength: 1 }),
  weight: Type.Number({ exclusiveMinimum: 0 }),
  recentWorkerSeconds: Type.Number({ minimum: 0, description: 'Faded use' }),
  spentWorkerSeconds: Type.Number({ minimum: 0, description: 'All use, against the budget' }),
  entitled: Type.Number({ minimum: 0, maximum: 1, description: 'Its weight among the teams with jobs' }),
  used: Type.Number({ minimum: 0, maximum: 1, description: 'Its part of the recent use of those teams' }),
});
export type TeamShare = Static<typeof TeamShare>;

/** Priorities on the `gradients` queue for one training job: its k-th waiting gradient job gets `first + k · step`. */
export const GradientTurn = Closed({
  first: Type.Integer({ minimum: 1, maximum: 2 ** 21 - 1 }),
  step: Type.Integer({ minimum: 0, maximum: 2 ** 21 - 1 }),
});
export type GradientTurn = Static<typeof GradientTurn>;
