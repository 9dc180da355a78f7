import { type Static, Type } from 'typebox';
import { MemberId, TeamId } from './accounts.ts';
import { Closed, OneOf } from './closed.ts';
import { JobId } from './job-id.ts';
import { GradientQueuePayload } from './queue.ts';

export const WorkerId = Type.String({ pattern: '^wrk_[0-9A-HJKMNP-TV-Z]{26}$' });

/**
 * active    takes gradient jobs
 * paused    stays, and takes none until it is resumed
 * draining  finishes its gradient job and ends
 * left      was draining, and is not heard of any more
 * lost      has not been heard of for ten seconds
 */
export const workerStates = ['active', 'paused', 'draining', 'left', 'lost'] as const;
export const WorkerState = OneOf(workerStates);
export type WorkerState = Static<typeof WorkerState>;

const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '^[\\w.:@ -]+$' });
const Engine = Type.String({ minLength: 1, maxLength: 40 });

/** What a worker says of itself when it joins. */
export const WorkerJoin = Closed({
  name: Name,
  engine: Engine,
  device: Engine,
  numericsClass: Type.String({ minLength: 1, maxLength: 256 }),
  threads: Type.Integer({ minimum: 1, maximum: 4096 }),
  flopsPerSecond: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Measured when it started; null: not measured',
  }),
});
export type WorkerJoin = Static<typeof WorkerJoin>;

export const WorkerJoined = Closed({
  id: WorkerId,
  name: Type.String({ description: 'What it is called on the gradient channel: no other worker is' }),
  lentTo: Type.Union([TeamId, Type.Null()]),
});
export type WorkerJoined = Static<typeof WorkerJoined>;

/** Every two seconds. */
export const WorkerBeat = Closed({
  job: Type.Union([JobId, Type.Null()], { description: 'That it serves now' }),
  load: Type.Number({ minimum: 0, maximum: 1, description: 'Part of the time that it computed' }),
  samplesPerSecond: Type.Number({ minimum: 0 }),
});
export type WorkerBeat = Static<typeof WorkerBeat>;

/** `leave`: finish the gradient job, then end. */
export const WorkerOrder = Closed({ wanted: OneOf(['work', 'pause', 'leave']) });
export type WorkerOrder = Static<typeof WorkerOrder>;

/** A worker without a queue of its own asks the api for its next gradient job; the one before it is over then. */
export const WorkerTurn = Closed({ job: Type.Union([GradientQueuePayload, Type.Null()]) });
export type WorkerTurn = Static<typeof WorkerTurn>;

export const ClusterWorker = Closed({
  id: WorkerId,
  name: Type.String(),
  owner: Type.Union([Closed({ id: MemberId, name: Type.String() }), Type.Null()], {
    description: 'Whose token it joined with; null: it belongs to the installation',
  }),
  team: Type.Union([TeamId, Type.Null()], { description: 'The only team that it serves; null: all' }),
  state: WorkerState,
  mine: Type.Boolean({ description: 'You may pause, resume, drain and remove it' }),
  engine: Type.String(),
  device: Type.String(),
  numericsClass: Type.String(),
  threads: Type.Integer(),
  job: Type.Union([JobId, Type.Null()], { description: 'That it serves now, where you may see it' }),
  samplesPerSecond: Type.Number(),
  load: Type.Number({ minimum: 0, maximum: 1, description: 'Part of the time that it computes' }),
  joinedAt: Type.String({ format: 'date-time' }),
  heardAt: Type.String({ format: 'date-time' }),
});
export type ClusterWorker = Static<typeof ClusterWorker>;
