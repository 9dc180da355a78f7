import type { Job } from '@descent/client';
import { useEffect } from 'react';
import { curvesOf, scoresOf } from '../jobs/summary.ts';
import { StreamMark } from '../streams/stream-mark.tsx';
import { Choice } from '../ui/choice.tsx';
import { useView } from '../ui/use-view.ts';
import { CurveCard } from './curve-card.tsx';
import { type CurveMark, xAxes } from './curve-plot.ts';
import { defaultSmoothing } from './curve-set.ts';
import { useCurves } from './use-curves.ts';

interface CurvePanelProps {
  readonly job: Job;
  /** What is drawn across all curves. */
  readonly marks: readonly CurveMark[];
}

/** The live curves of a job, side by side, with what they share: the x axis, the smoothing, the crosshair and the zoom. */
export function CurvePanel({ job, marks }: CurvePanelProps) {
  const { curves, stream } = useCurves(job.id);
  const metrics = curvesOf(job);
  const scores = scoresOf(job);
  const [view, change] = useView();
  const x = xAxes.find((name) => name === view.get('x')) ?? 'step';
  const smoothing = shareOf(view.get('smoothing')) ?? defaultSmoothing;
  const logarithmic = new Set(view.get('log')?.split(','));

  useEffect(() => curves.setSmoothing(smoothing), [curves, smoothing]);

  function setLogarithmic(metric: string, now: boolean) {
    const next = [...logarithmic].filter((name) => name !== metric && name !== '');
    change({ log: [...next, ...(now ? [metric] : [])].join(',') });
  }

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm">
        <Choice
          label="by"
          value={x}
          options={xAxes}
          onChange={(next) => change({ x: next === 'step' ? '' : next })}
        />
        <label className="flex items-center gap-2">
          smoothing
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing}
            onChange={(event) => change({ smoothing: event.target.value })}
            className="w-28 accent-accent"
          />
          <output className="w-8 tabular-nums text-ink-soft">{smoothing.toFixed(2)}</output>
        </label>
        <MarkLegend marks={marks} />
        <StreamMark state={stream} />
      </div>
      <div className="grid gap-3 lg:grid-cols-2">
        {metrics.map((metric) => (
          <CurveCard
            key={metric}
            curves={curves}
            metric={metric}
            x={x}
            validated={scores.includes(metric)}
            logarithmic={logarithmic.has(metric)}
            onLogarithmic={(now) => setLogarithmic(metric, now)}
            marks={marks}
            shared={job.id}
            className={metrics.length === 1 ? 'lg:col-span-2' : ''}
          />
        ))}
      </div>
    </div>
  );
}

function MarkLegend({ marks }: { readonly marks: readonly CurveMark[] }) {
  const has = (kind: CurveMark['kind']) => marks.some((mark) => mark.kind === kind);
  return (
    <span className="flex gap-4 text-ink-soft max-sm:hidden">
      {has('checkpoint') && (
        <span className="flex items-center gap-1.5">
          <i aria-hidden="true" className="h-4 border-l border-dashed border-line-strong" />
          checkpoint
        </span>
      )}
      {has('restart') && (
        <span className="flex items-center gap-1.5">
          <i aria-hidden="true" className="h-4 border-l border-bad" />
          restart
        </span>
      )}
    </span>
  );
}

/** A number in [0, 1), or undefined. */
function shareOf(text: string | null): number | undefined {
  const share = Number(text);
  return text !== null && text !== '' && share >= 0 && share < 1 ? share : undefined;
}
