import type { Job } from '@descent/client';
import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { Link } from 'wouter';
import { xAxes } from '../curves/curve-plot.ts';
import { type CurveSet, createCurveSet } from '../curves/curve-set.ts';
import { formatScore } from '../format/number.ts';
import { jobKey } from '../job/use-job.ts';
import { metricLabel, scoresOf } from '../jobs/summary.ts';
import { useClient } from '../session/session.ts';
import { useFollow } from '../streams/use-follow.ts';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { Loading } from '../ui/loading.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { useView } from '../ui/use-view.ts';
import { DifferenceTable } from './difference-table.tsx';
import { Dot } from './dot.tsx';
import { OverlayChart } from './overlay-chart.tsx';
import { mostCompared } from './palette.ts';
import { ParallelCard } from './parallel-card.tsx';
import { dimensionsOf } from './points.ts';
import { ScatterCard } from './scatter-card.tsx';

/** Jobs side by side: curves over each other, what came out, and the settings in which they differ. */
export default function ComparePage() {
  const client = useClient();
  const [search, change] = useView();
  const given = search.get('jobs') ?? '';
  const ids = useMemo(
    () => [...new Set(given.split(',').filter((id) => id !== ''))].slice(0, mostCompared),
    [given],
  );
  const x = xAxes.find((axis) => axis === search.get('x')) ?? 'step';
  const answers = useQueries({
    queries: ids.map((id) => ({
      queryKey: jobKey(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => client.jobs.get(id, { signal }),
    })),
  });
  const sets = useMemo(() => ids.map(() => createCurveSet()), [ids]);

  useEffect(() => {
    document.title = 'Compare · Descent';
  }, []);

  if (ids.length < 2) {
    return (
      <div className="py-16 text-center">
        <h1 className="text-xl font-semibold">Choose two jobs or more</h1>
        <p className="mt-1 text-ink-soft">Tick them in the list of jobs and press Compare.</p>
        <Link href="/" className="mt-3 inline-block text-accent underline">
          Go to the jobs
        </Link>
      </div>
    );
  }
  const failed = answers.find(({ error }) => error !== null);
  if (failed !== undefined)
    return <FailureNotice error={failed.error} onRetry={() => void failed.refetch()} />;
  const jobs = answers.flatMap(({ data }) => data ?? []);
  if (jobs.length < ids.length) return <Loading what="jobs" />;
  const metrics = [...new Set(jobs.flatMap(scoresOf))];
  const dimensions = dimensionsOf(jobs, metrics);

  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold">Compare {jobs.length} jobs</h1>
        <Choice label="by" value={x} options={xAxes} onChange={(next) => change({ x: next })} />
      </div>
      {jobs.map((job, place) => (
        <CurvesOf key={job.id} id={job.id} set={sets[place]!} />
      ))}
      <ScoreTable jobs={jobs} metrics={metrics} />
      <div className="grid gap-3 lg:grid-cols-2">
        {metrics.map((metric) => (
          <Card key={metric} title={metricLabel(metric)}>
            <div className="px-4 pb-3">
              <p className="pb-1 text-xs text-ink-faint">training (smoothed) — · validation - -</p>
              <OverlayChart sets={sets} metric={metric} x={x} />
            </div>
          </Card>
        ))}
      </div>
      <DifferenceTable title="Settings that differ" jobs={jobs} />
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <ScatterCard jobs={jobs} dimensions={dimensions} />
        <ParallelCard jobs={jobs} dimensions={dimensions} />
      </div>
    </div>
  );
}

/** Follows the points of one job into its curves; shows nothing. */
function CurvesOf({ id, set }: { readonly id: string; readonly set: CurveSet }) {
  const client = useClient();
  const source = useMemo(
    () => ({
      open: (options: Parameters<typeof client.jobs.metrics>[1]) => client.jobs.metrics(id, options),
      after: () => set.lastSequence,
      take: set.take,
    }),
    [client, id, set],
  );
  useFollow(source);
  return null;
}

function ScoreTable({
  jobs,
  metrics,
}: {
  readonly jobs: readonly Job[];
  readonly metrics: readonly string[];
}) {
  return (
    <Card title="What came out">
      <div className="overflow-x-auto">
        <table className="w-full text-left whitespace-nowrap">
          <thead className="text-sm text-ink-faint">
            <tr className="border-b border-line">
              <th className="px-4 py-1.5 font-normal">job</th>
              <th className="px-4 py-1.5 font-normal">state</th>
              {metrics.map((metric) => (
                <th key={metric} className="px-4 py-1.5 text-right font-normal">
                  {metricLabel(metric)}, validation
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {jobs.map((job, place) => (
              <tr key={job.id} className="border-b border-line last:border-b-0">
                <th scope="row" className="px-4 py-2 font-normal">
                  <Link href={`/jobs/${job.id}`} className="flex items-center gap-2 hover:underline">
                    <Dot place={place} />
                    <span className="max-w-64 truncate">{job.name}</span>
                  </Link>
                </th>
                <td className="px-4 py-2">
                  <StateBadge state={job.state} />
                </td>
                {metrics.map((metric) => (
                  <td key={metric} className="px-4 py-2 text-right tabular-nums">
                    {formatScore(metric, job.validation?.[metric])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
