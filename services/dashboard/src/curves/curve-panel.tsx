import type { Job } from '@descent/client';
import { useId, useState } from 'react';
import { curvesOf, scoresOf } from '../jobs/summary.ts';
import { StreamMark } from '../streams/stream-mark.tsx';
import { CurveCard } from './curve-card.tsx';
import type { XAxis } from './curve-plot.ts';
import { defaultSmoothing } from './curve-set.ts';
import { useCurves } from './use-curves.ts';

interface CurvePanelProps {
  readonly job: Job;
}

/** The live curves of a job, side by side, with what they share: the x axis and the smoothing. */
export function CurvePanel({ job }: CurvePanelProps) {
  const { curves, stream } = useCurves(job.id);
  const metrics = curvesOf(job);
  const scores = scoresOf(job);
  const [x, setX] = useState<XAxis>('step');
  const [smoothing, setSmoothing] = useState(defaultSmoothing);
  const id = useId();

  function smooth(weight: number) {
    setSmoothing(weight);
    curves.setSmoothing(weight);
  }

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 text-sm">
        <fieldset className="flex items-center gap-3">
          <legend className="sr-only">X axis</legend>
          {(['step', 'epoch'] as const).map((choice) => (
            <label key={choice} className="flex items-center gap-1.5">
              <input
                type="radio"
                name={`${id}-x`}
                checked={x === choice}
                onChange={() => setX(choice)}
                className="size-4 accent-accent"
              />
              by {choice}
            </label>
          ))}
        </fieldset>
        <label className="flex items-center gap-2">
          smoothing
          <input
            type="range"
            min={0}
            max={0.99}
            step={0.01}
            value={smoothing}
            onChange={(event) => smooth(event.target.valueAsNumber)}
            className="w-28 accent-accent"
          />
          <output className="w-8 tabular-nums text-ink-soft">{smoothing.toFixed(2)}</output>
        </label>
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
            className={metrics.length === 1 ? 'lg:col-span-2' : ''}
          />
        ))}
      </div>
    </div>
  );
}
