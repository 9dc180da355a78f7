export type CurveSplit = 'train' | 'validation';

/** Columns of equal length, one row per step that has a point; NaN where a row has no value. Views: valid until the next push. */
export interface CurveColumns {
  readonly step: Float64Array;
  readonly epoch: Float64Array;
  /** Seconds since the first point of the job. */
  readonly time: Float64Array;
  readonly train: Float64Array;
  /** Running mean of `train`; NaN where train is. */
  readonly smooth: Float64Array;
  readonly validation: Float64Array;
}

export interface CurveBuffer {
  readonly length: number;
  /** Puts a point where its step belongs; a second point of the same step and split replaces the first. */
  push(split: CurveSplit, step: number, epoch: number, value: number, seconds?: number): void;
  columns(): CurveColumns;
  /** Weight of the past in the running mean, in [0, 1). */
  setSmoothing(weight: number): void;
}

const columnNames = ['step', 'epoch', 'time', 'train', 'smooth', 'validation', 'moment', 'weight'] as const;
type ColumnName = (typeof columnNames)[number];

/**
 * Curves of one metric in growing typed arrays: appending costs a few stores, and the plot reads views without a copy.
 * The running mean is exponential with the start corrected, as in Adam: mₖ = s·mₖ₋₁ + (1−s)·xₖ, shown as mₖ / (1 − sᵏ).
 */
export function createCurveBuffer(smoothing = 0.9, capacity = 1024): CurveBuffer {
  let length = 0;
  let column = allocate(capacity);

  function grow(): void {
    const larger = allocate(column.step.length * 2);
    for (const name of columnNames) larger[name].set(column[name]);
    column = larger;
  }

  /** Row of the step, made at its place when there is none. Points come nearly in order, so the search starts at the end. */
  function rowOf(step: number, epoch: number, seconds: number): number {
    let row = length;
    while (row > 0 && (column.step[row - 1] ?? 0) >= step) row -= 1;
    if (row < length && column.step[row] === step) return row;
    if (length === column.step.length) grow();
    for (const name of columnNames) column[name].copyWithin(row + 1, row, length);
    length += 1;
    column.step[row] = step;
    column.epoch[row] = epoch;
    // An evaluation may come after later steps; a plot needs its axis in order.
    column.time[row] = row + 1 < length ? Math.min(seconds, column.time[row + 1]!) : seconds;
    column.train[row] = Number.NaN;
    column.validation[row] = Number.NaN;
    return row;
  }

  function smoothFrom(first: number): void {
    let moment = column.moment[first - 1] ?? 0;
    let weight = column.weight[first - 1] ?? 0;
    for (let row = first; row < length; row++) {
      const value = column.train[row] ?? Number.NaN;
      const known = !Number.isNaN(value);
      if (known) {
        moment = smoothing * moment + (1 - smoothing) * value;
        weight = smoothing * weight + (1 - smoothing);
      }
      column.moment[row] = moment;
      column.weight[row] = weight;
      column.smooth[row] = known ? moment / weight : Number.NaN;
    }
  }

  return {
    get length() {
      return length;
    },
    push(split, step, epoch, value, seconds = 0) {
      if (!Number.isFinite(value) || !Number.isFinite(step)) return;
      const row = rowOf(step, epoch, seconds);
      column[split][row] = value;
      smoothFrom(row);
    },
    columns() {
      const view = (name: ColumnName) => column[name].subarray(0, length);
      return {
        step: view('step'),
        epoch: view('epoch'),
        time: view('time'),
        train: view('train'),
        smooth: view('smooth'),
        validation: view('validation'),
      };
    },
    setSmoothing(weight) {
      smoothing = weight;
      smoothFrom(0);
    },
  };
}

function allocate(capacity: number): Record<ColumnName, Float64Array> {
  const entries = columnNames.map((name) => [name, new Float64Array(capacity)] as const);
  return Object.fromEntries(entries) as Record<ColumnName, Float64Array>;
}
