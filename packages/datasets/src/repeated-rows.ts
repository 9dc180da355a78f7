import type { ColumnArray } from './column.ts';
import { mix } from './distinct.ts';

/** Slots for hashes, of 12 bytes each; half of them are used. */
const capacity = 2 ** 20;
const firstSlots = 2 ** 10;
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
export function createRepeatedRows(maxSlots = capacity): RepeatedRows {
  let slots = Math.min(firstSlots, maxSlots);
  let keys = new Float64Array(slots);
  let owners = new Int32Array(slots);
  let used = 0;
  let sampling = 1;
  /** Two hashes of every row that is being added. */
  let highs = new Int32Array(0);
  let lows = new Int32Array(0);
  /** Hash and split of a repeated row → its repeats, so that thinning out can take them back. */
  const found = new Map<string, Repeats & { readonly key: number }>();

  function slotOf(key: number): number {
    let slot = key % slots;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) % slots;
    return slot;
  }

  function rebuild(nextSlots: number): void {
    const [oldKeys, oldOwners] = [keys, owners];
    slots = nextSlots;
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
  }

  function makeRoom(): void {
    if (slots < maxSlots) rebuild(Math.min(slots * 4, maxSlots));
    else thinOut();
  }

  function thinOut(): void {
    sampling *= 2;
    rebuild(slots);
    for (const [name, { key }] of found) if (!isSampled(key)) found.delete(name);
  }

  const isSampled = (key: number) => Math.floor(key / maxSlots) % sampling === 0;

  return {
    add(split, firstSample, count, data, elements) {
      if (highs.length < count) [highs, lows] = [new Int32Array(count), new Int32Array(count)];
      highs.fill(0x9e3779b9, 0, count);
      lows.fill(0x7f4a7c15, 0, count);
      // Column after column: three times as fast as row after row, which jumps between arrays.
      for (const [c, column] of data.entries()) hashColumn(column, elements[c]!, count, highs, lows);
      for (let r = 0; r < count; r++) {
        // Zero marks a free slot.
        const key = (mix(highs[r]!) % 2 ** 20) * 2 ** 32 + mix(lows[r]!) || 1;
        if (!isSampled(key)) continue;
        const slot = slotOf(key);
        if (keys[slot] === 0) {
          keys[slot] = key;
          owners[slot] = split;
          if (++used > slots / 2) makeRoom();
          continue;
        }
        const name = `${key} ${split}`;
        const repeats = found.get(name) ?? { key, split, other: owners[slot]!, count: 0, samples: [] };
        repeats.count++;
        if (repeats.samples.length < maxShown) repeats.samples.push(firstSample + r);
        if (found.size < maxSlots / 16) found.set(name, repeats);
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

/** Mixes a column into the hashes of its rows, four bytes at a time where rows allow it. */
function hashColumn(
  column: ColumnArray,
  elements: number,
  count: number,
  highs: Int32Array,
  lows: Int32Array,
): void {
  if (column instanceof Uint8Array && elements % 4 !== 0) {
    for (let r = 0, at = 0; r < count; r++) {
      for (let end = at + elements; at < end; at++) mixWord(column[at]!, r, highs, lows);
    }
    return;
  }
  const words = new Int32Array(column.buffer, column.byteOffset, column.byteLength / 4);
  const perRow = column instanceof Uint8Array ? elements / 4 : elements;
  for (let r = 0, at = 0; r < count; r++) {
    for (let end = at + perRow; at < end; at++) mixWord(words[at]!, r, highs, lows);
  }
}

function mixWord(word: number, row: number, highs: Int32Array, lows: Int32Array): void {
  const high = Math.imul(highs[row]! ^ word, 0x85ebca6b);
  const low = Math.imul(lows[row]! ^ word, 0xc2b2ae35);
  highs[row] = high ^ (high >>> 15);
  lows[row] = low ^ (low >>> 13);
}
