import { isEnded, type Job } from '@descent/client';
import { formatDuration, secondsBetween } from '../format/duration.ts';
import { formatCompact, formatScore, missing } from '../format/number.ts';
import { mainScore, metricLabel } from '../jobs/summary.ts';

interface HeadlineProps {
  readonly job: Job;
  readonly nowMs: number;
}

/** The numbers one looks for first. */
export function Headline({ job, nowMs }: HeadlineProps) {
  const { progress } = job;
  const loss = 'loss';
  const main = mainScore(job);
  const metric = main === loss ? undefined : main;
  const elapsed = secondsBetween(job.startedAt, isEnded(job.state) ? job.endedAt : nowMs);
  const rate = progress.samplesPerSecond > 0 ? formatCompact(progress.samplesPerSecond) : missing;
  const figures: (readonly [label: string, value: string, note?: string | undefined])[] = [
    ['training loss', formatScore(loss, job.latest?.[loss])],
    ['validation loss', formatScore(loss, job.validation?.[loss]), bestOf(job, loss)],
    ...(metric === undefined
      ? []
      : [
          [`training ${metricLabel(metric)}`, formatScore(metric, job.latest?.[metric])] as const,
          [
            `validation ${metricLabel(metric)}`,
            formatScore(metric, job.validation?.[metric]),
            bestOf(job, metric),
          ] as const,
        ]),
    ['samples per second', rate],
    ['workers', job.state === 'running' ? String(progress.workers) : missing],
    [elapsedLabel(job), formatDuration(elapsed)],
    ['parameters', formatCompact(job.price.parameters)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-4">
      {figures.map(([label, value, note]) => (
        <div key={label} className="min-w-0 bg-surface px-4 py-3 last:odd:col-span-2">
          <dt className="truncate text-sm text-ink-faint">{label}</dt>
          <dd className="truncate text-xl font-semibold tabular-nums">
            {value}
            {note !== undefined && (
              <span className="ml-2 text-sm font-normal text-ink-faint max-sm:ml-0 max-sm:block">{note}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Of evaluations, where the latest was not the best. */
function bestOf({ best, validation }: Job, metric: string): string | undefined {
  const held = best[metric];
  if (held?.split !== 'validation' || held.value === validation?.[metric]) return undefined;
  return `best ${formatScore(metric, held.value)}`;
}

function elapsedLabel({ state }: Job): string {
  if (isEnded(state)) return 'took';
  return state === 'running' ? 'running for' : 'since start';
}
