import type { JobState } from '@descent/client';

const fills: Record<JobState, string> = {
  queued: 'bg-idle',
  preparing: 'bg-busy',
  running: 'bg-busy',
  paused: 'bg-warn',
  succeeded: 'bg-good',
  failed: 'bg-bad',
  cancelled: 'bg-idle',
};

interface ProgressBarProps {
  readonly label: string;
  readonly step: number;
  readonly steps: number;
  readonly state: JobState;
}

export function ProgressBar({ label, step, steps, state }: ProgressBarProps) {
  const share = steps > 0 ? Math.min(step / steps, 1) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={steps}
      aria-valuenow={step}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={`h-full rounded-full transition-[width] duration-500 ${fills[state]}`}
        style={{ width: `${share * 100}%` }}
      />
    </div>
  );
}
