import type { JobError } from '@descent/client';
import { Link } from 'wouter';
import { buttonClass } from '../ui/button.tsx';
import { Prose } from '../ui/prose.tsx';

interface FailurePanelProps {
  readonly error: JobError;
  readonly jobId: string;
}

/** Why a job failed: code, message, what to do about it, and the details for a closer look. */
export function FailurePanel({ error, jobId }: FailurePanelProps) {
  const details = Object.entries(error.details);
  return (
    <section aria-label="Why it failed" className="rounded-xl border border-bad bg-bad-back p-4">
      <p className="font-mono text-sm text-bad">{error.code}</p>
      <p className="mt-1 text-lg font-semibold break-words">{error.message}</p>
      <p className="mt-2 break-words">
        <span className="font-medium">What to do: </span>
        <Prose text={error.advice} />
      </p>
      <Link href={`/new?from=${jobId}`} className={`${buttonClass('plain')} mt-3`}>
        Edit and submit again
      </Link>
      {details.length > 0 && (
        <details className="mt-3 text-sm">
          <summary className="text-ink-soft">Details</summary>
          <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 font-mono">
            {details.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-ink-soft">{name}</dt>
                <dd className="break-words">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
