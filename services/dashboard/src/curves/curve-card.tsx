import { useState } from 'react';
import { formatDuration } from '../format/duration.ts';
import { metricLabel } from '../jobs/summary.ts';
import { Card } from '../ui/card.tsx';
import { CurveChart } from './curve-chart.tsx';
import { CurveLegend } from './curve-legend.tsx';
import type { CurveMark, Readout, XAxis } from './curve-plot.ts';
import type { CurveSet } from './curve-set.ts';

interface CurveCardProps {
  readonly curves: CurveSet;
  readonly metric: string;
  readonly x: XAxis;
  /** Whether the metric is measured on the validation split too. */
  readonly validated: boolean;
  readonly logarithmic: boolean;
  readonly onLogarithmic: (logarithmic: boolean) => void;
  readonly marks: readonly CurveMark[];
  readonly shared: string;
  readonly className: string;
}

const places: Record<XAxis, (readout: Readout) => string> = {
  step: ({ step }) => `step ${step}`,
  epoch: ({ epoch }) => `epoch ${epoch.toFixed(2)}`,
  time: ({ seconds }) => `after ${formatDuration(seconds)}`,
};

export function CurveCard(props: CurveCardProps) {
  const { curves, metric, x, validated, logarithmic, onLogarithmic, marks, shared, className } = props;
  const [readout, setReadout] = useState<Readout | null>(null);
  const label = metricLabel(metric);
  return (
    <Card
      title={label.charAt(0).toUpperCase() + label.slice(1)}
      className={className}
      aside={
        <div className="flex items-center gap-4 text-sm">
          {readout !== null && <span className="text-ink-faint tabular-nums">{places[x](readout)}</span>}
          <label className="flex items-center gap-1.5">
            <input
              type="checkbox"
              aria-label={`logarithmic ${label}`}
              checked={logarithmic}
              onChange={(event) => onLogarithmic(event.target.checked)}
              className="size-4 accent-accent"
            />
            log
          </label>
        </div>
      }
    >
      <div className="px-4 pb-3">
        <CurveLegend metric={metric} validated={validated} readout={readout} />
        <CurveChart
          curves={curves}
          metric={metric}
          x={x}
          logarithmic={logarithmic}
          marks={marks}
          shared={shared}
          onReadout={setReadout}
        />
      </div>
    </Card>
  );
}
