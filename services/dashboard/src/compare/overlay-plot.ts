import UPlot from 'uplot';
import type { CurveColumns } from '../curves/curve-buffer.ts';
import type { XAxis } from '../curves/curve-plot.ts';
import { createLinePlot, type LinePlot } from '../curves/line-plot.ts';
import { formatDuration } from '../format/duration.ts';

export interface OverlayPlot extends Omit<LinePlot, 'update'> {
  /** One entry per job, in the order of the colours. */
  update(curves: readonly CurveColumns[]): void;
}

/** The smoothed training curve of each job, and its validation points in the same colour. */
export function createOverlayPlot(element: HTMLElement, colours: readonly string[], x: XAxis): OverlayPlot {
  const plot = createLinePlot(element, {
    lines: colours.flatMap((colour) => [{ colour }, { colour, dashed: true, points: true }]),
    ...(x === 'time' && { formatX: formatDuration }),
  });
  return {
    ...plot,
    update(curves) {
      const tables = curves.flatMap((columns): UPlot.AlignedData[] => [
        [Array.from(columns[x]), known(columns.smooth)],
        [Array.from(columns[x]), known(columns.validation)],
      ]);
      if (tables.length > 0) plot.update(UPlot.join(tables) as UPlot.AlignedData);
    },
  };
}

function known(column: Float64Array): (number | null)[] {
  return Array.from(column, (value) => (Number.isNaN(value) ? null : value));
}
