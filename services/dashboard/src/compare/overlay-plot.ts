import UPlot from 'uplot';
import type { CurveColumns } from '../curves/curve-buffer.ts';
import type { XAxis } from '../curves/curve-plot.ts';
import { formatCompact } from '../format/number.ts';
import { readColours, resolveColour } from '../theme/colour.ts';

export interface OverlayPlot {
  /** One entry per job, in the order of the colours. */
  update(curves: readonly CurveColumns[], x: XAxis): void;
  resize(width: number, height: number): void;
  recolour(): void;
  destroy(): void;
}

/** The smoothed training curve of each job, and its validation points in the same colour. */
export function createOverlayPlot(element: HTMLElement, colours: readonly string[]): OverlayPlot {
  let text = readColours(element);
  const resolved = new Map<string, string>();
  const resolve = (colour: string) => {
    const known = resolved.get(colour) ?? resolveColour(element, colour);
    resolved.set(colour, known);
    return known;
  };
  const axis: Partial<UPlot.Axis> = {
    stroke: () => text.text,
    grid: { stroke: () => text.grid, width: 1 },
    ticks: { stroke: () => text.grid, width: 1, size: 4 },
    font: '12px system-ui, sans-serif',
  };
  const series = colours.flatMap((colour): UPlot.Series[] => [
    { stroke: () => resolve(colour), width: 2, spanGaps: true, points: { show: false } },
    {
      stroke: () => resolve(colour),
      width: 1,
      dash: [4, 4],
      spanGaps: true,
      points: { show: true, size: 6 },
    },
  ]);
  const plot = new UPlot(
    {
      width: Math.max(element.clientWidth, 100),
      height: Math.max(element.clientHeight, 100),
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: { y: false, drag: { x: true, y: false, dist: 8 } },
      scales: { x: { time: false } },
      axes: [
        { ...axis, size: 28, space: 60, values: (_self, ticks) => ticks.map((tick) => formatCompact(tick)) },
        { ...axis, size: 58, space: 36 },
      ],
      series: [{}, ...series],
    },
    [[], ...series.map(() => [])] as UPlot.AlignedData,
    element,
  );
  return {
    update(curves, x) {
      const tables = curves.flatMap((columns): UPlot.AlignedData[] => [
        [Array.from(columns[x]), known(columns.smooth)],
        [Array.from(columns[x]), known(columns.validation)],
      ]);
      if (tables.length > 0) plot.setData(UPlot.join(tables) as UPlot.AlignedData);
    },
    resize(width, height) {
      if (width > 0 && height > 0) plot.setSize({ width, height });
    },
    recolour() {
      text = readColours(element);
      resolved.clear();
      plot.redraw(false);
    },
    destroy: () => plot.destroy(),
  };
}

function known(column: Float64Array): (number | null)[] {
  return Array.from(column, (value) => (Number.isNaN(value) ? null : value));
}
