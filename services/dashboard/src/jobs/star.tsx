import type { Job } from '@descent/client';
import { useEditJob } from './use-edit-job.ts';

/** Marks a job for oneself. */
export function Star({ job }: { readonly job: Job }) {
  const { mutate } = useEditJob(job.id);
  const { starred = false } = job;
  return (
    <button
      type="button"
      aria-pressed={starred}
      aria-label={`Star ${job.name}`}
      onClick={() => mutate({ starred: !starred })}
      className={`grid size-7 shrink-0 place-items-center rounded-lg hover:bg-sunken ${starred ? 'text-warn' : 'text-ink-faint'}`}
    >
      <svg viewBox="0 0 16 16" className="size-4" aria-hidden="true">
        <path
          d="M8 1.6l1.95 4.05 4.45.6-3.25 3.1.8 4.4L8 11.6l-3.95 2.15.8-4.4L1.6 6.25l4.45-.6z"
          fill={starred ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="1.2"
          strokeLinejoin="round"
        />
      </svg>
    </button>
  );
}
