import { isEnded, type Job } from '@descent/client';
import type { ReactNode } from 'react';
import { formatAge, formatDuration, secondsBetween } from '../format/duration.ts';
import { formatCompact, formatScore, missing } from '../format/number.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { fieldOf } from './fields.ts';
import { mainScore, metricLabel } from './summary.ts';

export interface Column {
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  /** Of the search language; null: cannot be sorted by. */
  readonly sort: string | null;
  readonly numeric?: boolean;
  readonly cell: (job: Job, nowMs: number) => ReactNode;
}

const known = {
  state: { title: 'state', width: 128, sort: 'state', cell: ({ state }) => <StateBadge state={state} /> },
  progress: {
    title: 'progress',
    width: 116,
    sort: 'progress',
    cell: ({ name, progress: { step, steps }, state }) => (
      <span className="block">
        <ProgressBar label={`Progress of ${name}`} step={step} steps={steps} state={state} />
        <span className="text-xs text-ink-faint tabular-nums">
          {formatCompact(step)} of {formatCompact(steps)}
        </span>
      </span>
    ),
  },
  best: {
    title: 'best',
    width: 100,
    // Each job has a metric of its own: a column of one of them sorts.
    sort: null,
    numeric: true,
    cell: (job) => {
      const metric = mainScore(job);
      const best = job.best[metric];
      return (
        <span title={best && `at step ${best.step}, of ${best.split}`}>
          {formatScore(metric, best?.value)}
          <span className="block text-xs text-ink-faint">
            {best?.split === 'validation' ? `val. ${metricLabel(metric)}` : metricLabel(metric)}
          </span>
        </span>
      );
    },
  },
  loss: {
    title: 'loss',
    width: 96,
    sort: 'train.loss',
    cell: ({ name, latest, sparkline = [] }) => (
      <>
        <Sparkline values={sparkline} label={`Loss of ${name}`} />
        <span className="block text-xs text-ink-faint tabular-nums">{formatScore('loss', latest?.loss)}</span>
      </>
    ),
  },
  workers: {
    title: 'workers',
    width: 76,
    sort: 'workers',
    numeric: true,
    cell: ({ state, progress }) => (state === 'running' ? progress.workers : missing),
  },
  rate: {
    title: 'samples/s',
    width: 96,
    sort: 'samplesPerSecond',
    numeric: true,
    cell: ({ progress: { samplesPerSecond } }) =>
      samplesPerSecond > 0 ? formatCompact(samplesPerSecond) : missing,
  },
  time: {
    title: 'time',
    width: 108,
    sort: null,
    numeric: true,
    cell: ({ state, startedAt, endedAt, progress }) => {
      const ended = isEnded(state);
      const seconds = ended ? secondsBetween(startedAt, endedAt) : progress.etaSeconds;
      if (seconds === null) return missing;
      return (
        <>
          {formatDuration(seconds)}
          <span className="block text-xs text-ink-faint">{ended ? 'taken' : 'left'}</span>
        </>
      );
    },
  },
  owner: { title: 'owner', width: 112, sort: 'owner', cell: ({ owner }) => owner?.name ?? missing },
  dataset: {
    title: 'data set',
    width: 140,
    sort: 'dataset',
    cell: ({ request }) =>
      fieldOf({ request, latest: null, validation: null, best: {} }, 'data.dataset') ?? missing,
  },
  parameters: {
    title: 'parameters',
    width: 104,
    sort: null,
    numeric: true,
    cell: ({ price }) => formatCompact(price.parameters),
  },
  age: {
    title: 'age',
    width: 100,
    sort: 'created',
    numeric: true,
    cell: ({ createdAt }, nowMs) => <time dateTime={createdAt}>{formatAge(createdAt, nowMs)}</time>,
  },
} as const satisfies Record<string, Column>;

export const knownColumns: Readonly<Record<string, Column>> = known;

/** A column of the table by its id, or of any field of the search language. */
export function columnOf(name: string): Column {
  if (Object.hasOwn(known, name)) return knownColumns[name]!;
  return {
    title: name.replace(/^(training|metrics)\./, ''),
    width: 128,
    sort: name,
    numeric: true,
    cell: (job) => fieldOf(job, name) ?? missing,
  };
}
