import type { ColumnArray } from './column.ts';

const indexBits = 12;
const registers = 1 << indexBits;

export interface Distinct {
  add(data: ColumnArray): void;
  count(): { readonly count: number; readonly exact: boolean };
  /** Value → occurrences, while there are few. */
  occurrences(): ReadonlyMap<number, number> | undefined;
}

/** Distinct values of a column, NaN left out: counted up to `maxExact`, then estimated by HyperLogLog (Flajolet et al. 2007). */
export function createDistinct(maxExact = 1000): Distinct {
  let exact: Map<number, number> | undefined = new Map();
  let ranks = new Uint8Array(0);
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);

  function rank(value: number): void {
    double[0] = value;
    const hash = mix(mix(words[0]!) ^ words[1]!);
    const rest = Math.clz32((hash << indexBits) | (1 << (indexBits - 1))) + 1;
    const register = hash >>> (32 - indexBits);
    if (rest > ranks[register]!) ranks[register] = rest;
  }

  return {
    add(data) {
      let i = 0;
      for (; exact !== undefined && i < data.length; i++) {
        const value = data[i]!;
        if (Number.isNaN(value)) continue;
        exact.set(value, (exact.get(value) ?? 0) + 1);
        if (exact.size > maxExact) {
          ranks = new Uint8Array(registers);
          for (const seen of exact.keys()) rank(seen);
          exact = undefined;
        }
      }
      for (; i < data.length; i++) if (!Number.isNaN(data[i]!)) rank(data[i]!);
    },
    count() {
      if (exact !== undefined) return { count: exact.size, exact: true };
      let sum = 0;
      let empty = 0;
      for (const value of ranks) {
        sum += 2 ** -value;
        if (value === 0) empty++;
      }
      const raw = ((0.7213 / (1 + 1.079 / registers)) * registers ** 2) / sum;
      const small = raw <= 2.5 * registers && empty > 0;
      const large = raw > 2 ** 32 / 30;
      const corrected = large ? -(2 ** 32) * Math.log(1 - raw / 2 ** 32) : raw;
      return { count: Math.round(small ? registers * Math.log(registers / empty) : corrected), exact: false };
    },
    occurrences: () => exact,
  };
}

/** The finaliser of MurmurHash3, a bijection of 32 bits. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
