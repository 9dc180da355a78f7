import UPlot from 'uplot';
import { formatDuration } from '../format/duration.ts';
import { formatCompact } from '../format/number.ts';
import { readColours } from '../theme/colour.ts';
import { axisRange, extent } from './axis-range.ts';
import type { CurveColumns } from './curve-buffer.ts';
import { type LinearMap, nearestKnown, tracePolyline } from './polyline.ts';
import { createXWindow } from './x-window.ts';

export const xAxes = ['step', 'epoch', 'time'] as const;
export type XAxis = (typeof xAxes)[number];

/** Something that happened at a step, drawn as a line across the plot. */
export interface CurveMark {
  readonly kind: 'checkpoint' | 'restart';
  readonly step: number;
}

export interface PlotSettings {
  readonly metric: string;
  readonly logarithmic: boolean;
  /** Plots with the same key share their crosshair and the part of the x axis that they show. */
  readonly shared: string;
}

/** Values under the pointer. A split without a point near has null. */
export interface Readout {
  readonly step: number;
  readonly epoch: number;
  readonly seconds: number;
  readonly train: number | null;
  readonly smooth: number | null;
  readonly validation: number | null;
}

export interface CurvePlot {
  /** Shows the columns as they are now; keeps the part of the x axis that the user chose. */
  update(columns: CurveColumns, x: XAxis): void;
  mark(marks: readonly CurveMark[]): void;
  resize(width: number, height: number): void;
  /** Reads the colours of the theme anew. */
  recolour(): void;
  destroy(): void;
}

const series = { train: 1, smooth: 2, validation: 3 } as const;

/** The imperative side of a chart: one uPlot instance that is fed, never made anew, while points come in. */
export function createCurvePlot(
  element: HTMLElement,
  { metric, logarithmic, shared }: PlotSettings,
  onReadout: (readout: Readout | null) => void,
): CurvePlot {
  let columns: CurveColumns | null = null;
  let xAxis: XAxis = 'step';
  let marks: readonly CurveMark[] = [];
  let colours = readColours(element);
  const bounds = metric === 'accuracy' ? { floor: 0, ceiling: 1 } : {};

  const rangeOfY = (plot: UPlot): [number, number] => {
    if (columns === null || columns.step.length === 0) return axisRange(null, { logarithmic, ...bounds });
    const [first, last] = plot.series[0]?.idxs ?? [0, columns.step.length - 1];
    const values = extent([columns.train, columns.validation], first, last, logarithmic);
    return axisRange(values, { logarithmic, ...bounds });
  };

  const paths: UPlot.Series.PathBuilder = (plot, index, first, last) => {
    const xs = plot.data[0] as Float64Array;
    const ys = plot.data[index] as Float64Array;
    const stroke = new Path2D();
    // One row more on each side, so that lines run on to the edge of a zoomed plot.
    tracePolyline(
      xs,
      ys,
      nearestBefore(ys, first - 1),
      nearestAfter(ys, last + 1),
      mapOfX(plot),
      (value) => plot.valToPos(value, 'y', true),
      { move: (x, y) => stroke.moveTo(x, y), line: (x, y) => stroke.lineTo(x, y) },
    );
    return { stroke, fill: null, clip: null, band: null, flags: 1 };
  };

  const drawMarks = (plot: UPlot) => {
    if (columns === null || columns.step.length === 0) return;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = 1;
    for (const { kind, step } of marks) {
      const at = columns[xAxis][rowAt(columns.step, step)];
      if (at === undefined || at < (plot.scales.x?.min ?? at) || at > (plot.scales.x?.max ?? at)) continue;
      const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5;
      ctx.strokeStyle = kind === 'restart' ? colours.restart : colours.checkpoint;
      ctx.setLineDash(kind === 'restart' ? [] : [2, 4]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  };

  // `rangeOfY` looks for the extent itself: uPlot's own search of every row of every line would be thrown away.
  const line: UPlot.Series = { paths, auto: false };
  const view = createXWindow(element);
  const axis: Partial<UPlot.Axis> = {
    stroke: () => colours.text,
    grid: { stroke: () => colours.grid, width: 1 },
    ticks: { stroke: () => colours.grid, width: 1, size: 4 },
    font: '12px system-ui, sans-serif',
  };

  const plot = new UPlot(
    {
      width: Math.max(element.clientWidth, 100),
      height: Math.max(element.clientHeight, 100),
      legend: { show: false },
      padding: [8, 12, 0, 0],
      plugins: [view.plugin],
      cursor: {
        y: false,
        sync: { key: shared, scales: ['x', null] },
        drag: { x: true, y: false, dist: 8 },
        points: { size: 7 },
        dataIdx: (self, index, hovered) => {
          const column = self.data[index];
          if (index === 0 || !(column instanceof Float64Array)) return hovered;
          return nearestKnown(column, hovered) ?? hovered;
        },
      },
      scales: {
        x: { time: false, range: (_self, low, high) => rangeOfX(low, high) },
        y: { distr: logarithmic ? 3 : 1, range: rangeOfY },
      },
      axes: [
        {
          ...axis,
          size: 28,
          space: 60,
          values: (_self, ticks) =>
            ticks.map((tick) => (xAxis === 'time' ? formatDuration(tick) : formatCompact(tick))),
        },
        {
          ...axis,
          size: 58,
          space: 36,
          values: (_self, ticks) => ticks.map((tick) => (tick === null ? '' : formatTick(metric, tick))),
        },
      ],
      series: [
        {},
        { ...line, stroke: () => colours.trainFaint, width: 1, points: { show: false } },
        { ...line, stroke: () => colours.train, width: 2, points: { show: false } },
        {
          ...line,
          stroke: () => colours.validation,
          width: 2,
          points: {
            show: true,
            size: 6,
            fill: () => colours.validation,
            filter: (self, index) => knownRows(self.data[index], self.series[index]?.idxs),
          },
        },
      ],
      hooks: {
        setCursor: [(self) => onReadout(readoutAt(self, columns))],
        drawClear: [drawMarks],
      },
    },
    [[], [], [], []],
    element,
  );

  return {
    update(next, x) {
      const kept = x === xAxis && view.isChosen();
      columns = next;
      xAxis = x;
      plot.setData([next[x], next.train, next.smooth, next.validation], !kept);
      if (kept) plot.redraw(true);
    },
    mark(next) {
      marks = next;
      plot.redraw(false);
    },
    resize(width, height) {
      if (width > 0 && height > 0) plot.setSize({ width, height });
    },
    recolour() {
      colours = readColours(element);
      plot.redraw(false);
    },
    destroy: () => plot.destroy(),
  };
}

/** The x axis is always linear. */
function mapOfX(plot: UPlot): LinearMap {
  const { min = 0, max = 1 } = plot.scales.x ?? {};
  const { left, width } = plot.bbox;
  const factor = width / (max - min);
  return { factor, offset: left - min * factor };
}

/** The first row of this step or a later one. Steps ascend. */
function rowAt(steps: Float64Array, step: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bounds are null while there is no point. */
function rangeOfX(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function readoutAt(plot: UPlot, columns: CurveColumns | null): Readout | null {
  const row = plot.cursor.idx;
  const step = row === null || row === undefined ? undefined : columns?.step[row];
  if (columns === null || step === undefined || row === null || row === undefined) return null;
  const at = (name: keyof typeof series): number | null => {
    const index = plot.cursor.idxs?.[series[name]] ?? row;
    const value = columns[name][index] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  };
  return {
    step,
    epoch: columns.epoch[row] ?? 0,
    seconds: columns.time[row] ?? 0,
    train: at('train'),
    smooth: at('smooth'),
    validation: at('validation'),
  };
}

function formatTick(metric: string, tick: number): string {
  if (metric === 'accuracy') return `${Number((tick * 100).toFixed(2))}%`;
  return tick !== 0 && Math.abs(tick) < 1e-3 ? tick.toExponential(0) : String(Number(tick.toPrecision(4)));
}

/** Of the rows that are shown. */
function knownRows(column: unknown, shown: readonly [first: number, last: number] = [0, -1]): number[] {
  if (!(column instanceof Float64Array)) return [];
  const rows: number[] = [];
  for (let row = shown[0]; row <= shown[1]; row++) if (!Number.isNaN(column[row])) rows.push(row);
  return rows;
}

function nearestBefore(column: Float64Array, row: number): number {
  while (row > 0 && Number.isNaN(column[row])) row -= 1;
  return Math.max(row, 0);
}

function nearestAfter(column: Float64Array, row: number): number {
  while (row < column.length - 1 && Number.isNaN(column[row])) row += 1;
  return Math.min(row, column.length - 1);
}
