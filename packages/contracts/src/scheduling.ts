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

export const EstimatedTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
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

/** A job that runs or waits, as far as the caller may see it. */
export const QueueEntry = Closed({
  job: JobId,
  name: Type.String(),
  team: Type.String({ minLength: 1 }),
  priority: JobPriority,
  state: OneOf(['queued', 'preparing', 'running']),
  workers: Type.Integer({ minimum: 0, description: 'That serve it now' }),
  progress: Type.Number({ minimum: 0, maximum: 1, description: 'Part of its steps that is done' }),
  waiting: Type.Union([Waiting, Type.Null()], { description: 'null: it has a place' }),
  estimatedFinish: EstimatedTime,
});
export type QueueEntry = Static<typeof QueueEntry>;

const Count = (description: string) => Type.Integer({ minimum: 0, description });

/** The whole installation at one moment. */
export const ClusterQueue = Closed({
  paused: Type.Boolean({ description: 'A maintenance lasts' }),
  places: Closed({ all: Count('Training jobs that may run at once'), taken: Count('That run now') }),
  workers: Count('That take work now'),
  servers: Type.Array(
    Closed({
      name: Type.String(),
      jobs: Count('Training jobs that it has'),
      memoryBytes: Type.Integer({ description: 'What they may take together' }),
      memoryUsedBytes: Type.Integer({ description: 'What they take, by their prices' }),
      heardAt: Type.String({ format: 'date-time' }),
    }),
  ),
  running: Type.Array(QueueEntry, { description: 'Jobs with a place that you may see' }),
  waiting: Type.Array(QueueEntry, { description: 'Jobs in line that you may see, the next one first' }),
  others: Closed({ running: Count('Jobs of other teams'), waiting: Count('Jobs of other teams') }),
  shares: Type.Array(
    Closed({
      ...TeamShare.properties,
      name: Type.String(),
      running: Count('Jobs of the team'),
      waiting: Count('Jobs of the team'),
    }),
    { description: 'Of your team; for staff of every team that has jobs' },
  ),
});
export type ClusterQueue = Static<typeof ClusterQueue>;

/** What a job that is not submitted yet would need, on the workers that are there. */
export const Estimate = Closed({
  workers: Count('That would serve it, if it had them all'),
  stepSeconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Time per step on them; null: no worker is there',
  }),
  workerSeconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Of the whole job; what its team will be charged',
  }),
  budgetLeftWorkerSeconds: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Of your team; null: it has no budget',
  }),
  fitsBudget: Type.Boolean(),
  fitsMemory: Type.Boolean({
    description: 'A parameter server that is there has room for it when it is empty',
  }),
  waiting: {
    ...Waiting,
    description: 'Where in line it would stand if it were submitted now, and until when',
  },
  estimatedFinish: EstimatedTime,
});
export type Estimate = Static<typeof Estimate>;
