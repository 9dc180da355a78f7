import { isEnded, type Job } from '@descent/client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useClient } from '../session/session.ts';
import { Card } from '../ui/card.tsx';
import { Choice } from '../ui/choice.tsx';
import { FailureNotice } from '../ui/failure-notice.tsx';
import { useView } from '../ui/use-view.ts';
import {
  type Lane,
  type Span,
  sharesOf,
  type Timeline,
  type TimelinePhase,
  timelineOf,
  timelinePhases,
} from './timeline.ts';

const pollMs = 5000;
const windows = ['4', '8', '16', '64'] as const;

const fills: Record<TimelinePhase, string> = {
  pull: 'fill-curve-validation',
  data: 'fill-ink-faint',
  compute: 'fill-accent',
  push: 'fill-good',
  wait: 'fill-line',
  reduce: 'fill-idle',
  update: 'fill-bad',
};

/** Who computed what in the latest steps, and what waited for whom. */
export function TimelineCard({ job }: { readonly job: Job }) {
  const client = useClient();
  const [view, change] = useView();
  const steps = windows.find((count) => count === view.get('steps')) ?? '8';
  const { data: trace, error } = useQuery({
    queryKey: ['job', job.id, 'trace'],
    queryFn: ({ signal }) => client.jobs.trace(job.id, { signal }),
    refetchInterval: isEnded(job.state) ? false : pollMs,
  });
  const timeline = useMemo(
    () => (trace === undefined ? undefined : timelineOf(trace, Number(steps))),
    [trace, steps],
  );
  return (
    <Card
      title="Worker timeline"
      aside={
        <Choice
          label="latest steps"
          value={steps}
          options={windows}
          onChange={(next) => change({ steps: next === '8' ? '' : next })}
        />
      }
    >
      <div className="space-y-4 px-4 pb-4">
        {error !== null && <FailureNotice error={error} />}
        {timeline !== undefined && timeline.lanes.length === 0 && (
          <p className="text-ink-faint">The timeline begins with the first steps.</p>
        )}
        {timeline !== undefined && timeline.lanes.length > 0 && (
          <>
            <Legend />
            <Lanes timeline={timeline} />
            <Shares timeline={timeline} />
          </>
        )}
      </div>
    </Card>
  );
}

function Legend() {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-soft">
      {timelinePhases.map((phase) => (
        <li key={phase} className="flex items-center gap-1.5">
          <svg viewBox="0 0 10 10" className="size-2.5" aria-hidden="true">
            <rect width="10" height="10" rx="2" className={fills[phase]} />
          </svg>
          {phase}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 10 10" className="size-2.5 overflow-visible" aria-hidden="true">
          <rect width="10" height="10" className={fills.compute} />
          <rect width="10" height="5" className="fill-bad" />
        </svg>
        computed again
      </li>
      <li className="flex items-center gap-1.5">
        <svg viewBox="0 0 10 10" className="size-2.5 overflow-visible" aria-hidden="true">
          <rect width="10" height="10" className={fills.compute} />
          <rect y="5" width="10" height="5" className="fill-warn" />
        </svg>
        straggler: the step waited for it alone
      </li>
    </ul>
  );
}

function Lanes({ timeline }: { readonly timeline: Timeline }) {
  return (
    <ol className="space-y-1.5">
      {timeline.lanes.map((lane) => (
        <li key={lane.name} className="grid gap-x-3 sm:grid-cols-[10rem_minmax(0,1fr)]">
          <span className="truncate text-sm" title={lane.name}>
            {lane.name}
          </span>
          <LaneDrawing lane={lane} timeline={timeline} />
        </li>
      ))}
      <li className="grid gap-x-3 text-xs text-ink-faint sm:grid-cols-[10rem_minmax(0,1fr)]">
        <span />
        <span className="flex justify-between tabular-nums">
          <span>0 ms</span>
          <span>{Math.round(timeline.end - timeline.begin)} ms</span>
        </span>
      </li>
    </ol>
  );
}

function LaneDrawing({
  lane,
  timeline: { begin, end },
}: {
  readonly lane: Lane;
  readonly timeline: Timeline;
}) {
  const long = Math.max(end - begin, 1e-6);
  return (
    <svg
      viewBox={`0 0 ${long} 10`}
      preserveAspectRatio="none"
      className="h-5 w-full rounded bg-sunken"
      role="img"
      aria-label={`${lane.name}: ${lane.spans.length} parts of ${Math.round(long)} ms`}
    >
      {lane.spans.map((span) => (
        <SpanDrawing
          key={`${span.phase} ${span.step} ${span.microBatches} ${span.begin}`}
          span={span}
          begin={begin}
        />
      ))}
    </svg>
  );
}

function SpanDrawing({ span, begin }: { readonly span: Span; readonly begin: number }) {
  const { phase, step, microBatches, again, late } = span;
  const place = { x: span.begin - begin, width: span.end - span.begin };
  const sends = phase === 'push';
  const which = microBatches === '' ? '' : `, micro-batches ${microBatches}`;
  const marks = [again && 'computed again', late && 'the step waited for it alone'].filter(Boolean);
  return (
    <g>
      <title>{[`step ${step}${which}: ${phase}, ${place.width.toFixed(2)} ms`, ...marks].join('; ')}</title>
      <rect {...place} y={sends ? 6.5 : 1} height={sends ? 2.5 : 8} className={fills[phase]} />
      {phase === 'compute' && again && <rect {...place} y={1} height={2.4} className="fill-bad" />}
      {late && <rect {...place} y={6.6} height={2.4} className="fill-warn" />}
    </g>
  );
}

function Shares({ timeline }: { readonly timeline: Timeline }) {
  const shares = sharesOf(timeline);
  const fastest = Math.min(
    ...shares.filter(({ microBatches }) => microBatches > 0).map(({ meanMs }) => meanMs),
  );
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left text-sm whitespace-nowrap tabular-nums">
        <thead className="text-ink-faint">
          <tr className="border-b border-line">
            <th className="py-1 pr-4 font-normal">worker</th>
            <th className="px-4 py-1 text-right font-normal">micro-batches</th>
            <th className="px-4 py-1 text-right font-normal">computed again</th>
            <th className="px-4 py-1 text-right font-normal">mean compute</th>
            <th className="px-4 py-1 text-right font-normal">busy</th>
            <th className="py-1 pl-4 text-right font-normal">steps that waited for it</th>
          </tr>
        </thead>
        <tbody>
          {shares.map(({ name, microBatches, meanMs, busy, last, again }) => (
            <tr key={name} className="border-b border-line last:border-b-0">
              <th scope="row" className="max-w-48 truncate py-1.5 pr-4 font-normal" title={name}>
                {name}
              </th>
              <td className="px-4 py-1.5 text-right">{microBatches}</td>
              <td className={`px-4 py-1.5 text-right ${again > 0 ? 'text-bad' : ''}`}>{again}</td>
              <td className="px-4 py-1.5 text-right">
                {meanMs.toFixed(2)} ms
                {meanMs > slowFactor * fastest && <span className="ml-2 text-warn">slow</span>}
              </td>
              <td className="px-4 py-1.5 text-right">{Math.round(100 * busy)}%</td>
              <td className="py-1.5 pl-4 text-right">{last}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A worker this much slower than the fastest is marked. */
const slowFactor = 1.5;
