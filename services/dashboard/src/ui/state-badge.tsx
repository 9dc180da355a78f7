import type { JobState } from '@descent/client';

const looks: Record<JobState, string> = {
  queued: 'bg-idle-back text-idle',
  preparing: 'bg-busy-back text-busy',
  running: 'bg-busy-back text-busy',
  paused: 'bg-warn-back text-warn',
  succeeded: 'bg-good-back text-good',
  failed: 'bg-bad-back text-bad',
  cancelled: 'bg-idle-back text-idle',
};

const moving: ReadonlySet<JobState> = new Set(['preparing', 'running']);

export function StateBadge({ state }: { readonly state: JobState }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-sm font-medium ${looks[state]}`}
    >
      <span
        aria-hidden="true"
        className={`size-1.5 rounded-full bg-current ${moving.has(state) ? 'animate-pulse' : ''}`}
      />
      {state}
    </span>
  );
}
