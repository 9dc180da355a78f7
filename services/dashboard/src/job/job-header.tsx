import { isEnded, type Job } from '@descent/client';
import { Link } from 'wouter';
import { formatDuration } from '../format/duration.ts';
import { formatCount } from '../format/number.ts';
import { Star } from '../jobs/star.tsx';
import { buttonClass } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { JobControls } from './job-controls.tsx';
import { OrderLine } from './order-line.tsx';

export function JobHeader({ job }: { readonly job: Job }) {
  const { progress, state } = job;
  const epoch = Math.min(progress.epoch, progress.epochs);
  const eta = state === 'running' && progress.etaSeconds !== null;
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <Link href="/" className="text-sm text-ink-soft hover:text-ink hover:underline">
            ← Training jobs
          </Link>
          <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="flex min-w-0 items-center gap-1">
              <Star job={job} />
              <h1 className="min-w-0 text-2xl font-semibold break-words">{job.name}</h1>
            </span>
            <StateBadge state={state} />
          </div>
          <p className="mt-1 text-ink-soft">
            {job.reason}
            {job.queuePosition !== null && ` · number ${job.queuePosition + 1} in the line`}
          </p>
          <OrderLine job={job} />
        </div>
        <div className="flex flex-wrap items-start gap-2">
          <Link href={`/jobs/${job.id}/graph`} className={buttonClass('plain')}>
            Graph
          </Link>
          {job.latest !== null && (
            <Link href={`/jobs/${job.id}/predict`} className={buttonClass('plain')}>
              Predict
            </Link>
          )}
          {!isEnded(state) && <JobControls job={job} />}
        </div>
      </div>
      <div className="space-y-1.5">
        <ProgressBar label="Progress" step={progress.step} steps={progress.steps} state={state} />
        <div className="flex flex-wrap justify-between gap-x-4 text-sm text-ink-soft tabular-nums">
          <span>
            step {formatCount(progress.step)} of {formatCount(progress.steps)} · epoch {epoch.toFixed(2)} of{' '}
            {progress.epochs}
          </span>
          {eta && <span>ready in {formatDuration(progress.etaSeconds)}</span>}
        </div>
      </div>
    </div>
  );
}
