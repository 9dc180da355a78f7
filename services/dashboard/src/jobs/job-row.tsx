import type { Job } from '@descent/client';
import { isEnded } from '@descent/client';
import { Link } from 'wouter';
import { formatAge, formatDuration, secondsBetween } from '../format/duration.ts';
import { formatCompact, formatScore, missing } from '../format/number.ts';
import { Figure } from '../ui/figure.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { mainScore, metricLabel } from './summary.ts';

interface JobRowProps {
  readonly job: Job;
  readonly nowMs: number;
  /** Whether it is among those to compare. */
  readonly chosen: boolean;
  readonly onChoose: (chosen: boolean) => void;
}

export function JobRow({ job, nowMs, chosen, onChoose }: JobRowProps) {
  const { progress, state } = job;
  const metric = mainScore(job);
  const running = state === 'running';
  const ended = isEnded(state);
  const time = ended
    ? formatDuration(secondsBetween(job.startedAt, job.endedAt))
    : formatDuration(progress.etaSeconds);

  return (
    <li className="flex items-stretch gap-2">
      <label className="flex items-center px-1">
        <span className="sr-only">Choose {job.name} to compare</span>
        <input
          type="checkbox"
          checked={chosen}
          onChange={(event) => onChoose(event.target.checked)}
          className="size-4 accent-accent"
        />
      </label>
      <Link
        href={`/jobs/${job.id}`}
        className="min-w-0 flex-1 grid gap-x-6 gap-y-3 rounded-xl border border-line bg-surface p-4 transition-colors hover:border-line-strong lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] lg:items-center"
      >
        <div className="min-w-0 space-y-2">
          <div className="flex items-center gap-3">
            <h2 className="min-w-0 truncate font-semibold" title={job.name}>
              {job.name}
            </h2>
            <StateBadge state={state} />
            <span className="ml-auto shrink-0 text-sm text-ink-faint">{formatAge(job.createdAt, nowMs)}</span>
          </div>
          <ProgressBar
            label={`Progress of ${job.name}`}
            step={progress.step}
            steps={progress.steps}
            state={state}
          />
          <p className="truncate text-sm text-ink-soft" title={lineOf(job)}>
            {lineOf(job)}
          </p>
        </div>
        <dl className="grid grid-cols-3 gap-x-4 gap-y-2 sm:grid-cols-6">
          <Figure label="loss">{formatScore('loss', job.latest?.loss)}</Figure>
          {metric !== 'loss' && (
            <Figure label={metricLabel(metric)}>{formatScore(metric, job.latest?.[metric])}</Figure>
          )}
          <Figure label={`val. ${metricLabel(metric)}`}>
            {formatScore(metric, job.validation?.[metric])}
          </Figure>
          <Figure label="workers">{running ? progress.workers : missing}</Figure>
          <Figure label="samples/s">
            {progress.samplesPerSecond > 0 ? formatCompact(progress.samplesPerSecond) : missing}
          </Figure>
          <Figure label={ended ? 'took' : 'ready in'}>{time}</Figure>
        </dl>
      </Link>
    </li>
  );
}

function lineOf({ state, progress, reason, error, queuePosition }: Job): string {
  if (error !== null) return error.message;
  if (state === 'queued' && queuePosition !== null)
    return `${reason} · number ${queuePosition + 1} in the line`;
  if (state === 'running') {
    const epoch = Math.min(Math.floor(progress.epoch) + 1, progress.epochs);
    return `epoch ${epoch} of ${progress.epochs} · step ${progress.step} of ${progress.steps}`;
  }
  return reason;
}
