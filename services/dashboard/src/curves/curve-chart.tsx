import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import { formatScore, missing } from '../format/number.ts';
import { metricLabel } from '../jobs/summary.ts';
import { subscribeToTheme } from '../theme/theme.ts';
import { type CurvePlot, createCurvePlot, type Readout, type XAxis } from './curve-plot.ts';
import type { CurveSet } from './curve-set.ts';
import { createFrameBatch } from './frame-batch.ts';

interface CurveChartProps {
  readonly curves: CurveSet;
  readonly metric: string;
  readonly x: XAxis;
  readonly logarithmic: boolean;
}

/** One metric over time. React makes the plot once; from then on the curve set feeds it, once per frame at most. */
export function CurveChart({ curves, metric, x, logarithmic }: CurveChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const [readout, setReadout] = useState<Readout | null>(null);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot: CurvePlot = createCurvePlot(element, { metric, logarithmic }, setReadout);
    const batch = createFrameBatch(() => plot.update(curves.curve(metric).columns(), x));
    const unsubscribe = curves.subscribe(batch.request);
    const unsubscribeTheme = subscribeToTheme(plot.recolour);
    const observer = new ResizeObserver(() => plot.resize(element.clientWidth, element.clientHeight));
    observer.observe(element);
    batch.request();
    return () => {
      batch.cancel();
      unsubscribe();
      unsubscribeTheme();
      observer.disconnect();
      plot.destroy();
    };
  }, [curves, metric, x, logarithmic]);

  return (
    <div className="px-4 pb-3">
      <Legend metric={metric} x={x} readout={readout} />
      <div
        ref={host}
        role="img"
        aria-label={`Curve of ${metricLabel(metric)} over ${x}, training and validation. The numbers stand above.`}
        className="h-64 w-full overflow-hidden"
      />
    </div>
  );
}

interface LegendProps {
  readonly metric: string;
  readonly x: XAxis;
  readonly readout: Readout | null;
}

/** Names the lines, and shows their values under the pointer. */
function Legend({ metric, x, readout }: LegendProps) {
  const position = readout === null ? null : x === 'step' ? `${readout.step}` : readout.epoch.toFixed(2);
  const show = (value: number | null | undefined) =>
    readout === null ? '' : value === null || value === undefined ? missing : formatScore(metric, value);
  return (
    <div className="flex min-h-6 flex-wrap gap-x-4 text-sm text-ink-soft tabular-nums">
      <span className="inline-flex items-center gap-1.5">
        <i aria-hidden="true" className="h-0.5 w-4 bg-curve-train" />
        train {show(readout?.smooth)}
      </span>
      <span className="inline-flex items-center gap-1.5">
        <i aria-hidden="true" className="h-0.5 w-4 bg-curve-train opacity-35" />
        unsmoothed {show(readout?.train)}
      </span>
      <span className="inline-flex items-center gap-1.5">
        <i aria-hidden="true" className="size-2 rounded-full bg-curve-validation" />
        validation {show(readout?.validation)}
      </span>
      {position !== null && (
        <span className="ml-auto text-ink-faint">
          {x} {position}
        </span>
      )}
    </div>
  );
}
