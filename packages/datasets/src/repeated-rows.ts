import type { ColumnArray } from './column.ts';
import { mix } from './distinct.ts';

/** Slots for hashes, of 12 bytes each; half of them are used. */
const capacity = 2 ** 20;
const maxShown = 10;

interface Repeats {
  /** Split of the row → split in which an equal one stood first → how often, and the first rows. */
  readonly split: number;
  readonly other: number;
  readonly samples: number[];
  count: number;
}

export interface RepeatedRows {
  /** Rows of the next samples of a split, all columns. */
  add(
    split: number,
    firstSample: number,
    count: number,
    data: readonly ColumnArray[],
    elements: readonly number[],
  ): void;
  /** Of equal splits: duplicates; of different ones: rows that stand in an earlier split too. */
  result(): { readonly repeats: readonly Readonly<Repeats>[]; readonly exact: boolean };
}

/**
 * Finds rows that are equal in all columns by a hash of 52 bits. At half a million distinct rows it starts to keep every
 * second, then every fourth hash …, and scales the counts: memory is bounded and the estimate unbiased.
 */
export function createRepeatedRows(slots = capacity): RepeatedRows {
  let keys = new Float64Array(slots);
  let owners = new Int32Array(slots);
  let used = 0;
  let sampling = 1;
  /** Hash and split of a repeated row → its repeats, so that thinning out can take them back. */
  const found = new Map<string, Repeats & { readonly key: number }>();

  function slotOf(key: number): number {
    let slot = key % slots;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) % slots;
    return slot;
  }

  function thinOut(): void {
    sampling *= 2;
    const [oldKeys, oldOwners] = [keys, owners];
    keys = new Float64Array(slots);
    owners = new Int32Array(slots);
    used = 0;
    for (const [old, key] of oldKeys.entries()) {
      if (key === 0 || !isSampled(key)) continue;
      const slot = slotOf(key);
      keys[slot] = key;
      owners[slot] = oldOwners[old]!;
      used++;
    }
    for (const [name, { key }] of found) if (!isSampled(key)) found.delete(name);
  }

  const isSampled = (key: number) => Math.floor(key / slots) % sampling === 0;

  return {
    add(split, firstSample, count, data, elements) {
      const rows = data.map((column, c) => wordsOf(column, elements[c]!));
      for (let r = 0; r < count; r++) {
        let [high, low] = [0x9e3779b9, 0x7f4a7c15];
        for (const { words, perRow } of rows) {
          for (let w = r * perRow; w < (r + 1) * perRow; w++) {
            const word = words[w]!;
            high = Math.imul(high ^ word, 0x85ebca6b);
            high ^= high >>> 15;
            low = Math.imul(low ^ word, 0xc2b2ae35);
            low ^= low >>> 13;
          }
        }
        // Zero marks a free slot.
        const key = (mix(high) % 2 ** 20) * 2 ** 32 + mix(low) || 1;
        if (!isSampled(key)) continue;
        const slot = slotOf(key);
        if (keys[slot] === 0) {
          keys[slot] = key;
          owners[slot] = split;
          if (++used > slots / 2) thinOut();
          continue;
        }
        const name = `${key} ${split}`;
        const repeats = found.get(name) ?? { key, split, other: owners[slot]!, count: 0, samples: [] };
        repeats.count++;
        if (repeats.samples.length < maxShown) repeats.samples.push(firstSample + r);
        if (found.size < slots / 16) found.set(name, repeats);
        else thinOut();
      }
    },
    result() {
      const sums = new Map<string, Repeats>();
      for (const { split, other, count, samples } of found.values()) {
        const sum = sums.get(`${split} ${other}`) ?? { split, other, count: 0, samples: [] };
        sum.count += count * sampling;
        sum.samples.push(...samples);
        sums.set(`${split} ${other}`, sum);
      }
      const repeats = [...sums.values()].map((sum) => ({
        ...sum,
        samples: sum.samples.sort((a, b) => a - b).slice(0, maxShown),
      }));
      return { repeats, exact: sampling === 1 };
    },
  };
}

/** Four bytes at a time where rows allow it. */
function wordsOf(column: ColumnArray, elements: number): { words: Int32Array | Uint8Array; perRow: number } {
  if (column instanceof Uint8Array && elements % 4 !== 0) return { words: column, perRow: elements };
  const words = new Int32Array(column.buffer, column.byteOffset, column.byteLength / 4);
  return { words, perRow: column instanceof Uint8Array ? elements / 4 : elements };
}
