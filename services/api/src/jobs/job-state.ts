import type { JobState } from '@descent/contracts';
import type { WantedState } from '@descent/storage';

/**
 * The life of a training job.
 *
 *   queued ──claim──▶ preparing ──report──▶ running ──succeed──▶ succeeded
 *     ▲  ▲                │                    │ └─────fail─────▶ failed
 *     │  └──────lose──────┴─────────lose───────┤
 *     │                                        └─stop (wanted)─▶ paused | cancelled
 *     └──────resume────── paused ◀──pause── queued
 *
 * queued     waits for a parameter server. Enters: submit, resume, or its server was lost. `cancel` and `pause` act at once.
 * preparing  a server has claimed it and restores or initialises the parameters. Holds the incarnation of that claim.
 * running    a worker of this incarnation has computed. Stays while workers come and go.
 * paused     nobody works on it; its newest checkpoint is where it goes on. Leaves by resume or cancel.
 * succeeded, failed, cancelled  the end; nothing leaves.
 *
 * While a server holds the job (preparing, running) `cancel`, `pause` and `yield` only note what is wanted: the server reads it
 * from the answer to its next report and leaves with `stop`. If it is lost before, what was wanted happens then.
 */
export interface JobSituation {
  readonly state: JobState;
  readonly wanted: WantedState;
}

export type JobStimulus =
  | { readonly type: 'cancel' | 'pause' | 'resume' }
  | { readonly type: 'claim' }
  /** A sign of life of the server that holds the job. */
  | { readonly type: 'report'; readonly computing: boolean }
  /** The server fell silent or handed the job back. */
  | { readonly type: 'lose' }
  /** Its place is wanted back: it writes a checkpoint and waits in line again. */
  | { readonly type: 'yield' }
  /** The server left because that was wanted. */
  | { readonly type: 'stop' }
  | { readonly type: 'succeed' | 'fail' };

/** The next situation (equal to the present one where nothing changes), or null: not in this state. */
export function transition(now: JobSituation, stimulus: JobStimulus): JobSituation | null {
  switch (now.state) {
    case 'queued':
      return fromQueued(stimulus);
    case 'preparing':
    case 'running':
      return fromHeld(now, stimulus);
    case 'paused':
      return fromPaused(stimulus);
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return null;
    default:
      return now.state satisfies never;
  }
}

/** Reports reach a queued job when its server was thought lost, came back, and nobody else has claimed it: it goes on. */
function fromQueued(stimulus: JobStimulus): JobSituation | null {
  switch (stimulus.type) {
    case 'cancel':
      return { state: 'cancelled', wanted: 'run' };
    case 'pause':
      return { state: 'paused', wanted: 'run' };
    case 'resume':
    case 'yield':
      return null;
    case 'claim':
      return { state: 'preparing', wanted: 'run' };
    case 'report':
      return { state: stimulus.computing ? 'running' : 'preparing', wanted: 'run' };
    case 'lose':
    case 'stop':
      return { state: 'queued', wanted: 'run' };
    case 'succeed':
      return { state: 'succeeded', wanted: 'run' };
    case 'fail':
      return { state: 'failed', wanted: 'run' };
    default:
      return stimulus satisfies never;
  }
}

function fromHeld(now: JobSituation, stimulus: JobStimulus): JobSituation | null {
  switch (stimulus.type) {
    case 'cancel':
      return now.wanted === 'cancel' ? null : { state: now.state, wanted: 'cancel' };
    case 'pause':
      return now.wanted === 'run' || now.wanted === 'yield' ? { state: now.state, wanted: 'pause' } : null;
    case 'yield':
      return now.wanted === 'run' ? { state: now.state, wanted: 'yield' } : null;
    case 'resume':
    case 'claim':
      return null;
    case 'report':
      return { state: stimulus.computing ? 'running' : now.state, wanted: now.wanted };
    case 'lose':
    case 'stop':
      return { state: stateAfterLeaving[now.wanted], wanted: 'run' };
    case 'succeed':
      return { state: 'succeeded', wanted: 'run' };
    case 'fail':
      return { state: 'failed', wanted: 'run' };
    default:
      return stimulus satisfies never;
  }
}

const stateAfterLeaving = {
  run: 'queued',
  yield: 'queued',
  pause: 'paused',
  cancel: 'cancelled',
} as const satisfies Record<WantedState, JobState>;

function fromPaused(stimulus: JobStimulus): JobSituation | null {
  switch (stimulus.type) {
    case 'cancel':
      return { state: 'cancelled', wanted: 'run' };
    case 'resume':
      return { state: 'queued', wanted: 'run' };
    case 'pause':
    case 'yield':
    case 'claim':
    case 'report':
    case 'lose':
    case 'stop':
    case 'succeed':
    case 'fail':
      return null;
    default:
      return stimulus satisfies never;
  }
}

export function hasEnded(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

export function isHeld(state: JobState): boolean {
  return state === 'preparing' || state === 'running';
}
