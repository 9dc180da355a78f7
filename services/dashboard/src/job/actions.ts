import type { JobState } from '@descent/client';

export type JobAction = 'pause' | 'resume' | 'cancel';

/** What a user may ask of a job in each state. */
const allowed: Record<JobState, readonly JobAction[]> = {
  queued: ['pause', 'cancel'],
  preparing: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** A request that the service accepted and the job has not followed yet: a running job first writes a checkpoint. */
export interface PendingAction {
  readonly action: JobAction;
  /** State of the job when it was asked; once it is another, the request is settled. */
  readonly from: JobState;
}

/** The actions to offer, and of them those that can be pressed while another is pending. */
export function offeredActions(
  state: JobState,
  pending: PendingAction | null,
): readonly { readonly action: JobAction; readonly enabled: boolean; readonly busy: boolean }[] {
  const waiting = pending !== null && pending.from === state ? pending.action : null;
  return allowed[state].map((action) => ({
    action,
    // Cancelling is still possible while a pause is on its way, not the other way round.
    enabled: waiting === null || (waiting !== 'cancel' && action === 'cancel'),
    busy: waiting === action,
  }));
}
