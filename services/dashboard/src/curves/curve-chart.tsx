import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import { metricLabel } from '../jobs/summary.ts';
import { subscribeToTheme } from '../theme/theme.ts';
import { type CurveMark, type CurvePlot, createCurvePlot, type Readout, type XAxis } from './curve-plot.ts';
import type { CurveSet } from './curve-set.ts';
import { createFrameBatch } from './frame-batch.ts';

interface CurveChartProps {
  readonly curves: CurveSet;
  readonly metric: string;
  readonly x: XAxis;
  readonly logarithmic: boolean;
  readonly marks: readonly CurveMark[];
  /** Charts with the same name share their crosshair and their zoom. */
  readonly shared: string;
  readonly onReadout: (readout: Readout | null) => void;
}

/** One metric over time. React makes the plot once; from then on the curve set feeds it, once per frame at most. */
export function CurveChart(props: CurveChartProps) {
  const { curves, metric, x, logarithmic, marks, shared, onReadout } = props;
  const live = useRef<CurvePlot>(null);
  const host = useRef<HTMLDivElement>(null);
  const [empty, setEmpty] = useState(false);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot: CurvePlot = createCurvePlot(element, { metric, logarithmic, shared }, onReadout);
    live.current = plot;
    const batch = createFrameBatch(() => {
      const curve = curves.curve(metric);
      plot.update(curve.columns(), x);
      setEmpty(curve.length === 0);
    });
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
      live.current = null;
      plot.destroy();
    };
  }, [curves, metric, x, logarithmic, shared, onReadout]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot that was made anew needs its marks again
  useEffect(() => live.current?.mark(marks), [marks, curves, metric, x, logarithmic, shared]);

  return (
    <div className="relative">
      <div
        ref={host}
        role="img"
        aria-label={`Curve of ${metricLabel(metric)} by ${x}, training and validation`}
        className="h-64 w-full overflow-hidden"
      />
      {empty && (
        <p className="pointer-events-none absolute inset-0 grid place-items-center pb-6 pl-14 text-center text-ink-faint">
          The curve begins with the first step.
        </p>
      )}
    </div>
  );
}
