import type { Column } from '@descent/contracts';
import type { ColumnArray } from './column.ts';

/** What is known of the training values of a column; missing ones left out, all 0 where every one is. */
export interface ColumnSummary {
  readonly minimum: number;
  readonly maximum: number;
  /** One, or one per channel. Deviation of the population (÷ n). */
  readonly groups: readonly { readonly mean: number; readonly standardDeviation: number }[];
  /** The value below which that share lies, between neighbours in proportion (type 7 of Hyndman & Fan 1996). */
  quantile(share: number): number;
}

export function summaryOfManifest({ statistics }: Column): ColumnSummary {
  const { minimum, maximum, mean, standardDeviation } = statistics;
  return {
    minimum,
    maximum,
    groups: [{ mean, standardDeviation }],
    quantile: () => {
      throw new RangeError('A manifest knows no quantiles');
    },
  };
}

/** @param rows sample numbers, or how many of the first samples; element i belongs to group i mod `groups` */
export function summaryOfValues(
  data: ColumnArray,
  rows: Uint32Array | number,
  elements: number,
  groups: number,
): ColumnSummary {
  const counts = new Float64Array(groups);
  const sums = new Float64Array(groups);
  const squares = new Float64Array(groups);
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  forEachValue(data, rows, elements, (x, i) => {
    const group = i % groups;
    counts[group]!++;
    sums[group]! += x;
    if (x < minimum) minimum = x;
    if (x > maximum) maximum = x;
  });
  const means = sums.map((sum, group) => (counts[group] === 0 ? 0 : sum / counts[group]!));
  // A second pass: the difference of large squares would lose the deviation of dates and sums of money.
  forEachValue(data, rows, elements, (x, i) => {
    const distance = x - means[i % groups]!;
    squares[i % groups]! += distance * distance;
  });
  let sorted: Float64Array | undefined;
  return {
    minimum: Number.isFinite(minimum) ? minimum : 0,
    maximum: Number.isFinite(maximum) ? maximum : 0,
    groups: Array.from(means, (mean, group) => ({
      mean,
      standardDeviation: counts[group] === 0 ? 0 : Math.sqrt(squares[group]! / counts[group]!),
    })),
    quantile(share) {
      sorted ??= sortedValues(data, rows, elements);
      if (sorted.length === 0) return 0;
      const at = share * (sorted.length - 1);
      const below = sorted[Math.floor(at)]!;
      const above = sorted[Math.ceil(at)]!;
      return below + (above - below) * (at - Math.floor(at));
    },
  };
}

function forEachValue(
  data: ColumnArray,
  rows: Uint32Array | number,
  elements: number,
  visit: (x: number, element: number) => void,
): void {
  const count = typeof rows === 'number' ? rows : rows.length;
  for (let r = 0; r < count; r++) {
    const start = (typeof rows === 'number' ? r : rows[r]!) * elements;
    for (let i = 0; i < elements; i++) {
      const x = data[start + i]!;
      if (!Number.isNaN(x)) visit(x, i);
    }
  }
}

function sortedValues(data: ColumnArray, rows: Uint32Array | number, elements: number): Float64Array {
  const count = typeof rows === 'number' ? rows : rows.length;
  const values = new Float64Array(count * elements);
  let filled = 0;
  forEachValue(data, rows, elements, (x) => {
    values[filled++] = x;
  });
  return values.subarray(0, filled).sort();
}
