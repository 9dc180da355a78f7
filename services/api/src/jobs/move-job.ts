import type { JobState, NewJobEvent } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  appendEvents,
  changeJob,
  type Database,
  type JobChange,
  type JobRecord,
  type WantedState,
} from '@descent/storage';
import { announceEnd } from '../webhooks/announce-end.ts';
import { hasEnded, isHeld, type JobStimulus, transition } from './job-state.ts';

export interface Move {
  readonly stimulus: JobStimulus;
  /** Why, in words: stands on the job and in its event. */
  readonly reason: string;
  readonly nowMs: number;
  /** Further fields that change together with the state. */
  readonly change?: JobChange;
  readonly events?: readonly NewJobEvent[];
}

/**
 * Performs one step of the state machine: the row and the event of the change, in the caller's transaction.
 * Returns the job as it is now, or null when the stimulus does not apply in its state.
 */
export async function moveJob(db: Database, job: JobRecord, move: Move): Promise<JobRecord | null> {
  const next = transition(job, move.stimulus);
  if (next === null) return null;
  const time = new Date(move.nowMs).toISOString();
  const changed = next.state !== job.state || next.wanted !== job.wanted;
  const change: JobChange = {
    ...move.change,
    ...(changed ? { ...next, reason: move.reason, ...timesOf(job, next.state, move.nowMs) } : {}),
  };
  if (Object.keys(change).length > 0 && !(await changeJob(db, job, change))) {
    throw new DescentError('JOB_STATE_CONFLICT', {
      jobId: job.id,
      state: 'being changed by another request',
      action: move.stimulus.type,
    });
  }
  await appendEvents(db, job.id, [
    ...(move.events ?? []),
    ...(next.state === job.state ? [] : [stateEvent(job.state, next.state, move.reason, time)]),
    ...(changed && next.state === job.state ? [wishEvent(next.wanted, move.reason, time)] : []),
  ]);
  const moved = { ...job, ...change };
  if (next.state !== job.state) await announceEnd(db, moved, move.nowMs);
  return moved;
}

export function stateEvent(from: JobState | null, to: JobState, reason: string, time: string): NewJobEvent {
  return { time, type: 'state', message: reason, data: { from, to } };
}

function wishEvent(wanted: WantedState, reason: string, time: string): NewJobEvent {
  return { time, type: 'log', message: reason, data: { wanted } };
}

function timesOf(job: JobRecord, to: JobState, nowMs: number): JobChange {
  const time = new Date(nowMs).toISOString();
  return {
    ...(job.startedAt === null && isHeld(to) ? { startedAt: time } : {}),
    ...(hasEnded(to) ? { endedAt: time } : {}),
    // A job whose server was lost keeps its place in the line; one that a user resumes goes to the end of it.
    ...(job.state === 'paused' && to === 'queued' ? { queuedAtMs: nowMs } : {}),
  };
}
