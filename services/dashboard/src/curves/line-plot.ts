import UPlot from 'uplot';
import { formatCompact } from '../format/number.ts';
import { readColours, resolveColour } from '../theme/colour.ts';
import { createXWindow } from './x-window.ts';

export interface LineStyle {
  /** Any CSS colour, also one that depends on the theme. */
  readonly colour: string;
  readonly dashed?: boolean;
  readonly points?: boolean;
}

export interface LinePlot {
  /** x, then one column per line; null where a line has no value. Keeps the part of the x axis that the user chose. */
  update(data: UPlot.AlignedData): void;
  resize(width: number, height: number): void;
  recolour(): void;
  destroy(): void;
}

export interface LinePlotOptions {
  readonly lines: readonly LineStyle[];
  readonly logarithmic?: boolean;
  readonly formatX?: (value: number) => string;
  readonly formatY?: (value: number) => string;
  /** Row under the pointer, or null. */
  readonly onRow?: (row: number | null) => void;
}

/** Several lines over one axis, zoomed and moved as `createXWindow` has it. */
export function createLinePlot(element: HTMLElement, options: LinePlotOptions): LinePlot {
  const { lines, logarithmic = false, formatX = formatCompact, formatY, onRow } = options;
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
  const series = lines.map(
    ({ colour, dashed = false, points = false }): UPlot.Series => ({
      stroke: () => resolve(colour),
      width: dashed ? 1 : 2,
      spanGaps: true,
      points: points ? { show: true, size: 6 } : { show: false },
      ...(dashed && { dash: [4, 4] }),
    }),
  );
  const view = createXWindow(element);
  const plot = new UPlot(
    {
      width: Math.max(element.clientWidth, 100),
      height: Math.max(element.clientHeight, 100),
      legend: { show: false },
      padding: [8, 12, 0, 0],
      plugins: [view.plugin],
      cursor: { y: false, drag: { x: true, y: false, dist: 8 } },
      scales: { x: { time: false }, y: { distr: logarithmic ? 3 : 1 } },
      axes: [
        { ...axis, size: 28, space: 60, values: (_self, ticks) => ticks.map(formatX) },
        {
          ...axis,
          size: 58,
          space: 36,
          ...(formatY !== undefined && {
            values: (_self: UPlot, ticks: (number | null)[]) =>
              ticks.map((tick) => (tick === null ? '' : formatY(tick))),
          }),
        },
      ],
      series: [{}, ...series],
      hooks: { setCursor: [(self) => onRow?.(self.cursor.idx ?? null)] },
    },
    [[], ...series.map(() => [])] as UPlot.AlignedData,
    element,
  );
  return {
    update(data) {
      const kept = view.isChosen();
      plot.setData(data, !kept);
      if (kept) plot.redraw(true);
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
