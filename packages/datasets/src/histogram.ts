import type { ColumnProfile } from '@descent/contracts';
import type { ColumnArray } from './column.ts';

const bins = 20;

export interface Histogram {
  /** NaN is left out; `minimum` and `maximum` are those of the other values. */
  add(data: ColumnArray, minimum: number, maximum: number): void;
  result(): NonNullable<ColumnProfile['histogram']> | undefined;
}

/**
 * At most 20 bins whose width is the smallest power of two that covers the range (of `whole` numbers, at least 1), at
 * multiples of the width. So the result depends on the values only, and growing the range merges whole bins.
 */
export function createHistogram({ whole }: { readonly whole: boolean }): Histogram {
  let counts = new Float64Array(bins);
  let exponent = Number.NEGATIVE_INFINITY;
  let low = 0;
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  function cover(minimum: number, maximum: number): void {
    const first = smallest > largest;
    smallest = Math.min(smallest, minimum);
    largest = Math.max(largest, maximum);
    let next = first ? finest(smallest, largest) : exponent;
    while (Math.floor(largest / 2 ** next) - Math.floor(smallest / 2 ** next) >= bins) next++;
    const start = Math.floor(smallest / 2 ** next);
    const merged = new Float64Array(bins);
    if (!first) {
      for (const [bin, count] of counts.entries()) {
        if (count > 0) merged[Math.floor((low + bin) / 2 ** (next - exponent)) - start]! += count;
      }
    }
    [counts, low, exponent] = [merged, start, next];
  }

  /** Too fine for the range; for a single value, fine enough to tell it from its neighbours in float32 and int32. */
  function finest(minimum: number, maximum: number): number {
    if (whole) return 0;
    if (minimum < maximum) return Math.floor(Math.log2(maximum - minimum)) - 6;
    return maximum === 0 ? -149 : Math.max(-149, Math.floor(Math.log2(Math.abs(maximum))) - 31);
  }

  return {
    add(data, minimum, maximum) {
      if (minimum > maximum) return;
      cover(minimum, maximum);
      const scale = 2 ** -exponent;
      if (data instanceof Uint8Array) {
        // Bytes are counted first: the 47 million pixels of MNIST need one increment each.
        const bytes = new Float64Array(256);
        for (let i = 0; i < data.length; i++) bytes[data[i]!]!++;
        for (const [x, count] of bytes.entries())
          if (count > 0) counts[Math.floor(x * scale) - low]! += count;
        return;
      }
      for (let i = 0; i < data.length; i++) {
        const x = data[i]!;
        if (!Number.isNaN(x)) counts[Math.floor(x * scale) - low]!++;
      }
    },
    result() {
      if (smallest > largest) return undefined;
      const last = counts.findLastIndex((count) => count > 0);
      const width = 2 ** exponent;
      return { start: low * width, width, counts: [...counts.subarray(0, last + 1)] };
    },
  };
}
