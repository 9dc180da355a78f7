/** Draws one segment end; `move` begins a line. */
export interface LineSink {
  move(x: number, y: number): void;
  line(x: number, y: number): void;
}

/**
 * A line through the values of rows `[first, last]` that are not NaN. Of the points that fall on one column of pixels
 * only the first, lowest, highest and last are drawn: the picture is the same, and the cost is bounded by the width.
 */
export function tracePolyline(
  xs: Float64Array,
  ys: Float64Array,
  first: number,
  last: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
  sink: LineSink,
): void {
  let begun = false;
  let pixel = Number.NaN;
  let low = 0;
  let high = 0;
  let exit = 0;

  const leavePixel = () => {
    if (low < high) {
      sink.line(pixel, low);
      sink.line(pixel, high);
      sink.line(pixel, exit);
    }
  };

  for (let row = first; row <= last; row++) {
    const value = ys[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const x = Math.round(toX(xs[row] ?? 0));
    const y = toY(value);
    if (x === pixel) {
      low = Math.min(low, y);
      high = Math.max(high, y);
      exit = y;
      continue;
    }
    leavePixel();
    if (begun) sink.line(x, y);
    else sink.move(x, y);
    begun = true;
    pixel = x;
    low = y;
    high = y;
    exit = y;
  }
  leavePixel();
}

/** The row nearest to `row` whose value is not NaN, or null. */
export function nearestKnown(column: Float64Array, row: number): number | null {
  for (let distance = 0; distance < column.length; distance++) {
    if (known(column, row - distance)) return row - distance;
    if (known(column, row + distance)) return row + distance;
  }
  return null;
}

function known(column: Float64Array, row: number): boolean {
  const value = column[row];
  return value !== undefined && !Number.isNaN(value);
}
