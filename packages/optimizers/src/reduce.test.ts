import { describe, expect, it } from 'vitest';
import { FlatMemory } from './flat-memory.ts';
import { fillRandom } from './random.reference.ts';
import { addInto, allFinite, statistics } from './reduce.ts';

function two(length: number) {
  const { pair } = new FlatMemory({ pair: { count: 2, length } }).buffers;
  return { target: pair[0]!, source: pair[1]! };
}

function filled(values: readonly number[]) {
  const { target } = two(values.length);
  target.floats.set(values);
  return target;
}

/** Whole registers, pairs of registers, and every tail. */
const lengths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 33, 1000, 1003];

describe('addInto', () => {
  it.each(lengths)(
    'adds %i elements in float32 and leaves the source and what lies behind alone',
    (length) => {
      const { target, source } = two(length);
      fillRandom(target.floats, 1);
      fillRandom(source.floats, 2);
      const before = [...target.floats];
      const added = [...source.floats];
      addInto(target, source);
      expect([...target.floats]).toEqual(before.map((value, index) => Math.fround(value + added[index]!)));
      expect([...source.floats]).toEqual(added);
      const padding = new Float32Array(target.floats.buffer, target.byteOffset + length * 4, -length & 15);
      expect(padding.every((value) => value === 0)).toBe(true);
    },
  );

  it('rounds to float32 at every addition, so the order of a sum is part of its result', () => {
    const { target, source } = two(1);
    target.floats[0] = 2 ** 24;
    source.floats[0] = 1;
    addInto(target, source);
    addInto(target, source);
    expect(target.floats[0]).toBe(2 ** 24);
    target.floats[0] = 2;
    source.floats[0] = 2 ** 24;
    addInto(source, target);
    expect(source.floats[0]).toBe(2 ** 24 + 2);
  });

  it('refuses buffers that do not belong together', () => {
    const { target } = two(4);
    expect(() => addInto(target, target)).toThrow('source and target are one buffer');
    expect(() => addInto(target, two(4).source)).toThrow('source and target lie in two memories');
    const { short, long } = new FlatMemory({
      short: { count: 1, length: 3 },
      long: { count: 1, length: 4 },
    }).buffers;
    expect(() => addInto(long[0]!, short[0]!)).toThrow('source has 3 elements, target has 4');
  });
});

describe('allFinite', () => {
  const damages = {
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    '-Infinity': Number.NEGATIVE_INFINITY,
  };

  it.each(Object.entries(damages))('finds one %s at every position of every length', (_, damage) => {
    for (const length of lengths.filter((length) => length <= 33)) {
      const { target } = two(length);
      fillRandom(target.floats, length);
      expect(allFinite(target)).toBe(true);
      for (let position = 0; position < length; position++) {
        const kept = target.floats[position]!;
        target.floats[position] = damage;
        expect([length, position, allFinite(target)]).toEqual([length, position, false]);
        target.floats[position] = kept;
      }
    }
  });

  it('finds a NaN of any sign and payload', () => {
    const { target } = two(5);
    for (const bits of [0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff])
      for (const position of [0, 4]) {
        target.floats.fill(0);
        new DataView(target.bytes.buffer).setUint32(target.byteOffset + 4 * position, bits, true);
        expect(allFinite(target)).toBe(false);
      }
  });

  it('takes the largest, the smallest and both zeros for finite', () => {
    const largest = (2 - 2 ** -23) * 2 ** 127;
    expect(allFinite(filled([largest, -largest, 2 ** -149, 0, -0]))).toBe(true);
  });

  it('does not look behind the buffer', () => {
    const { target } = two(3);
    new Float32Array(target.floats.buffer, target.byteOffset, 4)[3] = Number.NaN;
    expect(allFinite(target)).toBe(true);
  });
});

describe('statistics', () => {
  it('is the sum of squares and the largest magnitude', () => {
    // 9 + 16 + 144 = 169 = 13²
    expect(statistics(filled([3, 4, -12]))).toEqual({ squaredNorm: 169, largestMagnitude: 12 });
    expect(statistics(filled([]))).toEqual({ squaredNorm: 0, largestMagnitude: 0 });
  });

  it.each(lengths)('counts each of %i elements once', (length) => {
    // 1² + 2² + … + n² = n(n + 1)(2n + 1)/6, exact in double precision.
    const buffer = filled(Array.from({ length }, (_, index) => (index % 2 === 0 ? index + 1 : -index - 1)));
    expect(statistics(buffer)).toEqual({
      squaredNorm: (length * (length + 1) * (2 * length + 1)) / 6,
      largestMagnitude: length,
    });
  });

  it('finds the largest magnitude at every position', () => {
    for (let position = 0; position < 19; position++) {
      const buffer = filled(Array.from({ length: 19 }, (_, index) => (index === position ? -5 : 1)));
      expect(statistics(buffer)).toEqual({ squaredNorm: 18 + 25, largestMagnitude: 5 });
    }
  });

  it('accumulates in double precision', () => {
    // In float32 2²⁴ + 1 = 2²⁴; here no addend is lost.
    expect(statistics(filled([2 ** 12, ...Array(8).fill(1)])).squaredNorm).toBe(2 ** 24 + 8);
  });

  it('does not overflow where the elements do not', () => {
    const largest = (2 - 2 ** -23) * 2 ** 127;
    expect(statistics(filled(Array(9).fill(-largest)))).toEqual({
      squaredNorm: 9 * largest ** 2,
      largestMagnitude: largest,
    });
  });

  it('is not finite exactly when an element is not', () => {
    for (let position = 0; position < 13; position++)
      for (const damage of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        const buffer = filled(Array.from({ length: 13 }, (_, index) => (index === position ? damage : 1)));
        expect(statistics(buffer)).toEqual({
          squaredNorm: Math.abs(damage),
          largestMagnitude: Math.abs(damage),
        });
      }
  });

  it('can look at one tensor of a buffer, wherever it starts', () => {
    const buffer = filled([100, 3, 4, 100]);
    expect(statistics(buffer, { start: 1, end: 3 })).toEqual({ squaredNorm: 25, largestMagnitude: 4 });
    expect(statistics(buffer, { start: 4, end: 4 })).toEqual({ squaredNorm: 0, largestMagnitude: 0 });
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0, 5],
    [0.5, 2],
    [Number.NaN, 2],
  ])('refuses the range %f to %f of a buffer of 4', (start, end) => {
    expect(() => statistics(filled([1, 2, 3, 4]), { start, end })).toThrow(
      `elements ${start} to ${end} do not lie in a buffer of 4`,
    );
  });
});
