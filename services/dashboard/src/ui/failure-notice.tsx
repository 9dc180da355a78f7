import { DescentError } from '@descent/client';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';
import { Prose } from './prose.tsx';

interface FailureNoticeProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong and what to do about it, from the catalogue where the error is one of ours. */
export function FailureNotice({ error, onRetry }: FailureNoticeProps) {
  const message = error instanceof Error ? error.message : String(error);
  const advice = error instanceof DescentError ? error.entry.advice : null;
  return (
    <Notice tone="bad">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium">{message}</p>
          {advice !== null && (
            <p className="text-sm">
              <Prose text={advice} />
            </p>
          )}
        </div>
        {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
      </div>
    </Notice>
  );
}
