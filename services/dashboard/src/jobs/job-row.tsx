import type { Job } from '@descent/client';
import { memo } from 'react';
import { Link } from 'wouter';
import { formatScore } from '../format/number.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { TagList } from '../ui/tag-list.tsx';
import type { Column } from './columns.tsx';
import { Star } from './star.tsx';
import { mainScore } from './summary.ts';

interface JobRowProps {
  readonly job: Job;
  /** From 0. */
  readonly place: number;
  readonly columns: readonly (readonly [string, Column])[];
  readonly nowMs: number;
  readonly chosen: boolean;
  readonly onChoose: (ids: readonly string[], chosen: boolean) => void;
}

/** One job. On a phone what its columns say stands under its name. */
export const JobRow = memo(function JobRow({ job, place, columns, nowMs, chosen, onChoose }: JobRowProps) {
  const { name, tags = [], progress, state } = job;
  const metric = mainScore(job);
  const line = lineOf(job);
  return (
    <tr
      aria-rowindex={place + 2}
      className="h-16 border-b border-line last:border-b-0 hover:bg-canvas has-[[data-row-check]:checked]:bg-busy-back"
    >
      <td className="w-10 pl-3">
        <input
          type="checkbox"
          data-row-check
          aria-label={`Choose ${name}`}
          checked={chosen}
          onChange={(event) => onChoose([job.id], event.target.checked)}
          className="size-4 accent-accent align-middle"
        />
      </td>
      <th scope="row" className="py-1 pr-3 pl-1 font-normal max-sm:w-full max-sm:max-w-0">
        <span className="flex items-center gap-1">
          <Star job={job} />
          <span className="min-w-0 flex-1">
            <span className="flex items-center gap-2">
              <Link
                href={`/jobs/${job.id}`}
                data-row-link
                title={name}
                className="min-w-0 truncate font-semibold hover:underline"
              >
                {name}
              </Link>
              <span className="ml-auto sm:hidden">
                <StateBadge state={state} />
              </span>
            </span>
            <span className="flex items-center gap-2 max-sm:hidden">
              <TagList tags={tags} most={2} />
              <span className="min-w-0 truncate text-sm text-ink-soft" title={line}>
                {line}
              </span>
            </span>
            <span className="flex items-center gap-2 pt-1 text-sm tabular-nums sm:hidden">
              <ProgressBar
                label={`Progress of ${name}`}
                step={progress.step}
                steps={progress.steps}
                state={state}
              />
              <span className="text-ink-soft">{formatScore(metric, job.best[metric]?.value)}</span>
            </span>
          </span>
        </span>
      </th>
      {columns.map(([id, { cell, numeric }]) => (
        <td
          key={id}
          className={`truncate px-3 py-1 max-sm:hidden ${numeric ? 'text-right tabular-nums' : ''}`}
        >
          {cell(job, nowMs)}
        </td>
      ))}
    </tr>
  );
}, sameRow);

/** The age is told in minutes: a row is not drawn again for every second. */
function sameRow(before: JobRowProps, now: JobRowProps): boolean {
  return (
    before.job === now.job &&
    before.place === now.place &&
    before.columns === now.columns &&
    before.chosen === now.chosen &&
    before.onChoose === now.onChoose &&
    Math.floor(before.nowMs / 30_000) === Math.floor(now.nowMs / 30_000)
  );
}

function lineOf({ state, progress, reason, error, queuePosition, notes = '' }: Job): string {
  if (error !== null) return error.message;
  if (state === 'queued' && queuePosition !== null)
    return `${reason} · number ${queuePosition + 1} in the line`;
  if (state === 'running') {
    const epoch = Math.min(Math.floor(progress.epoch) + 1, progress.epochs);
    return `epoch ${epoch} of ${progress.epochs} · step ${progress.step} of ${progress.steps}`;
  }
  return notes === '' ? reason : notes;
}
