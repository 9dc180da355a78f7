/** Draws one segment end; `move` begins a line. */
export interface LineSink {
  move(x: number, y: number): void;
  line(x: number, y: number): void;
}

/** From a value to its place: `factor · value + offset`. */
export interface LinearMap {
  readonly factor: number;
  readonly offset: number;
}

/**
 * A line through the values of rows `[first, last]` that are not NaN. Of the points that fall on one column of pixels
 * only the first, lowest, highest and last are drawn: the picture is the same, and the cost is bounded by the width.
 * Rows on the same column cost comparisons only; `xs` must ascend. `toY`, which must be monotonic, is asked for what is drawn.
 */
export function tracePolyline(
  xs: Float64Array,
  ys: Float64Array,
  first: number,
  last: number,
  { factor, offset }: LinearMap,
  toY: (value: number) => number,
  sink: LineSink,
): void {
  let begun = false;
  let pixel = Number.NaN;
  /** Below it a row is on the same column of pixels. */
  let until = Number.NEGATIVE_INFINITY;
  let low = 0;
  let high = 0;
  let exit = 0;

  const leavePixel = () => {
    if (low < high) {
      sink.line(pixel, toY(low));
      sink.line(pixel, toY(high));
      sink.line(pixel, toY(exit));
    }
  };

  for (let row = first; row <= last; row++) {
    const value = ys[row]!;
    if (Number.isNaN(value)) continue;
    const at = xs[row]!;
    if (at < until) {
      if (value < low) low = value;
      if (value > high) high = value;
      exit = value;
      continue;
    }
    leavePixel();
    const x = Math.round(at * factor + offset);
    if (begun) sink.line(x, toY(value));
    else sink.move(x, toY(value));
    begun = true;
    pixel = x;
    until = (x + 0.5 - offset) / factor;
    low = value;
    high = value;
    exit = value;
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
