import { useState } from 'react';
import { metricLabel } from '../jobs/summary.ts';
import { Card } from '../ui/card.tsx';
import { CurveChart } from './curve-chart.tsx';
import { CurveLegend } from './curve-legend.tsx';
import type { Readout, XAxis } from './curve-plot.ts';
import type { CurveSet } from './curve-set.ts';

interface CurveCardProps {
  readonly curves: CurveSet;
  readonly metric: string;
  readonly x: XAxis;
  /** Whether the metric is measured on the validation split too. */
  readonly validated: boolean;
  readonly className: string;
}

export function CurveCard({ curves, metric, x, validated, className }: CurveCardProps) {
  const [readout, setReadout] = useState<Readout | null>(null);
  const [logarithmic, setLogarithmic] = useState(false);
  const label = metricLabel(metric);
  return (
    <Card
      title={label.charAt(0).toUpperCase() + label.slice(1)}
      className={className}
      aside={
        <div className="flex items-center gap-4 text-sm">
          {readout !== null && (
            <span className="text-ink-faint tabular-nums">
              {x} {x === 'step' ? readout.step : readout.epoch.toFixed(2)}
            </span>
          )}
          {metric === 'loss' && (
            <label className="flex items-center gap-1.5">
              <input
                type="checkbox"
                checked={logarithmic}
                onChange={(event) => setLogarithmic(event.target.checked)}
                className="size-4 accent-accent"
              />
              logarithmic
            </label>
          )}
        </div>
      }
    >
      <div className="px-4 pb-3">
        <CurveLegend metric={metric} validated={validated} readout={readout} />
        <CurveChart curves={curves} metric={metric} x={x} logarithmic={logarithmic} onReadout={setReadout} />
      </div>
    </Card>
  );
}
