import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import type { XAxis } from '../curves/curve-plot.ts';
import type { CurveSet } from '../curves/curve-set.ts';
import { createFrameBatch } from '../curves/frame-batch.ts';
import { metricLabel } from '../jobs/summary.ts';
import { subscribeToTheme } from '../theme/theme.ts';
import { createOverlayPlot } from './overlay-plot.ts';
import { colourOf } from './palette.ts';

interface OverlayChartProps {
  /** Keeps its identity while the same jobs are compared. */
  readonly sets: readonly CurveSet[];
  readonly metric: string;
  readonly x: XAxis;
}

/** One metric of several jobs. Points go to the plot and never through React. */
export function OverlayChart({ sets, metric, x }: OverlayChartProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const plot = createOverlayPlot(
      element,
      sets.map((_, place) => colourOf(place)),
      x,
    );
    const batch = createFrameBatch(() => plot.update(sets.map((set) => set.curve(metric).columns())));
    const endings = [...sets.map((set) => set.subscribe(batch.request)), subscribeToTheme(plot.recolour)];
    const observer = new ResizeObserver(() => plot.resize(element.clientWidth, element.clientHeight));
    observer.observe(element);
    batch.request();
    return () => {
      batch.cancel();
      for (const end of endings) end();
      observer.disconnect();
      plot.destroy();
    };
  }, [sets, metric, x]);
  return (
    <div
      ref={host}
      role="img"
      aria-label={`Curves of ${metricLabel(metric)} by ${x}, one colour per job`}
      className="h-64 w-full overflow-hidden"
    />
  );
}
