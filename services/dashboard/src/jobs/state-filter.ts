import type { JobState } from '@descent/client';

/** States that the list can be narrowed to, in the order of a job's life. A total table: a new state must be named here. */
const labels: Record<JobState, string> = {
  running: 'Running',
  preparing: 'Preparing',
  queued: 'Queued',
  paused: 'Paused',
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const stateFilters = Object.entries(labels) as [JobState, string][];

/** The filter that an address names; an unknown name is no filter. */
export function parseStateFilter(value: string | null): JobState | null {
  return value !== null && Object.hasOwn(labels, value) ? (value as JobState) : null;
}
