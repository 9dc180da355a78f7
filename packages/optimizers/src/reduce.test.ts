import { describe, expect, it } from 'vitest';
import { FlatMemory } from './flat-memory.ts';
import { fillRandom } from './random.reference.ts';
import { addInto, allFinite, squaredNorm, subtractInto } from './reduce.ts';

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

describe('subtractInto', () => {
  it.each(lengths)('subtracts %i elements in float32, of buffers that may be longer', (length) => {
    const { long, short } = new FlatMemory({
      long: { count: 2, length: length + 5 },
      short: { count: 1, length },
    }).buffers;
    fillRandom(long[0]!.floats, 1);
    fillRandom(long[1]!.floats, 2);
    subtractInto(short[0]!, long[0]!, long[1]!);
    expect([...short[0]!.floats]).toEqual(
      [...short[0]!.floats.keys()].map((index) =>
        Math.fround(long[0]!.floats[index]! - long[1]!.floats[index]!),
      ),
    );
    expect(() => subtractInto(long[0]!, short[0]!, long[1]!)).toThrow(RangeError);
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

describe('squaredNorm', () => {
  it('is the sum of squares', () => {
    // 9 + 16 + 144 = 169 = 13²
    expect(squaredNorm(filled([3, 4, -12]))).toBe(169);
    expect(squaredNorm(filled([]))).toBe(0);
  });

  it.each(lengths)('counts each of %i elements once', (length) => {
    // 1² + 2² + … + n² = n(n + 1)(2n + 1)/6, exact in double precision.
    const buffer = filled(Array.from({ length }, (_, index) => (index % 2 === 0 ? index + 1 : -index - 1)));
    expect(squaredNorm(buffer)).toBe((length * (length + 1) * (2 * length + 1)) / 6);
  });

  it.each(lengths)('of %i sums has the bits that it has when the sum is written first', (length) => {
    const { target, source } = two(length);
    fillRandom(target.floats, 3);
    fillRandom(source.floats, 4);
    const ofTwo = squaredNorm(target, source);
    addInto(target, source);
    expect(ofTwo).toBe(squaredNorm(target));
  });

  it('accumulates in double precision', () => {
    // In float32 2²⁴ + 1 = 2²⁴; here no addend is lost.
    expect(squaredNorm(filled([2 ** 12, ...Array(8).fill(1)]))).toBe(2 ** 24 + 8);
  });

  it('does not overflow where the elements do not', () => {
    const largest = (2 - 2 ** -23) * 2 ** 127;
    expect(squaredNorm(filled(Array(9).fill(-largest)))).toBe(9 * largest ** 2);
  });

  it('is not finite exactly when an element, of either operand, is not', () => {
    for (let position = 0; position < 13; position++)
      for (const damage of [Number.NaN, Number.NEGATIVE_INFINITY]) {
        const { target, source } = two(13);
        target.floats.fill(1);
        source.floats[position] = damage;
        expect(squaredNorm(source)).toBe(Math.abs(damage));
        expect(squaredNorm(target, source)).toBe(Math.abs(damage));
        expect(squaredNorm(source, target)).toBe(Math.abs(damage));
      }
  });

  it('can look at one tensor of a buffer, wherever it starts', () => {
    const { target, source } = two(4);
    target.floats.set([100, 3, 4, 100]);
    source.floats.set([7, 0, 8, 7]);
    expect(squaredNorm(target, undefined, { start: 1, end: 3 })).toBe(25);
    expect(squaredNorm(target, source, { start: 1, end: 3 })).toBe(9 + 144);
    expect(squaredNorm(target, undefined, { start: 4, end: 4 })).toBe(0);
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0, 5],
    [0.5, 2],
    [Number.NaN, 2],
  ])('refuses the range %f to %f of a buffer of 4', (start, end) => {
    expect(() => squaredNorm(filled([1, 2, 3, 4]), undefined, { start, end })).toThrow(
      `elements ${start} to ${end} do not lie in a buffer of 4`,
    );
  });
});

describe('ranges', () => {
  it('addInto and allFinite stay inside theirs', () => {
    const { target, source } = two(4);
    target.floats.set([1, 1, 1, 1]);
    source.floats.set([Number.NaN, 2, 3, Number.NaN]);
    expect(allFinite(source, { start: 1, end: 3 })).toBe(true);
    expect(allFinite(source, { start: 1, end: 4 })).toBe(false);
    addInto(target, source, { start: 1, end: 3 });
    expect([...target.floats]).toEqual([1, 3, 4, 1]);
  });
});
