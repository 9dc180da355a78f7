export interface RangeOptions {
  readonly logarithmic: boolean;
  /** Bounds that the values cannot leave, such as 0 and 1 of an accuracy. */
  readonly floor?: number;
  readonly ceiling?: number;
}

/** Smallest and largest value of the rows `[first, last]`, NaN left out; on a logarithmic axis only what is above 0. */
export function extent(
  columns: readonly Float64Array[],
  first: number,
  last: number,
  logarithmic: boolean,
): readonly [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const column of columns) {
    for (let row = first; row <= last; row++) {
      const value = column[row] ?? Number.NaN;
      if (logarithmic && value <= 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/** Bounds of the y axis: the extent with a margin of 5 % (a factor on a logarithmic axis), inside floor and ceiling. */
export function axisRange(
  values: readonly [number, number] | null,
  { logarithmic, floor, ceiling }: RangeOptions,
): [number, number] {
  if (values === null) return logarithmic ? [0.1, 10] : [floor ?? 0, ceiling ?? 1];
  const [low, high] = values;
  if (logarithmic) {
    const factor = Math.max((high / low) ** 0.05, 1.1);
    return [low / factor, high * factor];
  }
  const margin = high > low ? (high - low) * 0.05 : Math.abs(high) * 0.1 || 0.5;
  return [Math.max(low - margin, floor ?? -Infinity), Math.min(high + margin, ceiling ?? Infinity)];
}
