import { describe, expect, it } from 'vitest';
import { FlatMemory } from './flat-memory.ts';
import { fillRandom } from './random.reference.ts';
import { gradientFormat, parameterFormat, type WireFormat } from './wire-format.ts';

/** One flat buffer, its wire form and where that is unpacked to. */
function wireOf(format: WireFormat, elements: number) {
  const { flat, encoded, scratch } = new FlatMemory({
    flat: { count: 2, length: elements },
    encoded: { count: 1, length: format.length },
    scratch: { count: 1, length: format.scratchLength },
  }).buffers;
  const [source, target] = [flat[0]!, flat[1]!];
  const wire = encoded[0]!;
  return {
    source,
    target,
    wire,
    pack: (key = 1) => format.pack(wire, source, key, scratch[0]),
    unpack: () => format.unpack(target, wire),
  };
}

function addTo(sums: Float64Array, values: Float32Array): void {
  for (let index = 0; index < sums.length; index++) sums[index]! += values[index]!;
}

const whole = (elements: number) => ({ compressed: elements, elements });

/** Round to nearest, ties to even, worked on the bits one at a time. */
function bf16Of(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0]!;
  const low = bits & 0xffff;
  const up = low > 0x8000 || (low === 0x8000 && (bits & 0x10000) !== 0);
  return new Float32Array(new Uint32Array([(bits - low + (up ? 0x10000 : 0)) >>> 0]).buffer)[0]!;
}

const lengths = [0, 1, 2, 3, 5, 8, 15, 16, 17, 255, 256, 257, 272, 1000];

describe('bf16', () => {
  it.each(lengths)('rounds %i elements to the nearest, ties to even', (length) => {
    const { source, target, pack, unpack } = wireOf(parameterFormat('bf16', whole(length))!, length);
    fillRandom(source.floats, length);
    pack();
    expect(unpack()).toBe('finite');
    expect([...target.floats]).toEqual([...source.floats].map(bf16Of));
  });

  it('decides ties by the even neighbour', () => {
    const { source, target, pack, unpack } = wireOf(gradientFormat('bf16', whole(4))!, 4);
    // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷; 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
    source.floats.set([1 + 2 ** -8, 1 + 3 * 2 ** -8, -1 - 2 ** -8, -0]);
    pack();
    unpack();
    expect([...target.floats]).toEqual([1, 1 + 2 ** -6, -1, -0]);
  });
});

describe('int8', () => {
  const shape = (length: number) => gradientFormat('int8', whole(length))!;

  it.each(lengths)('brings %i elements back within one part in 127 of their block', (length) => {
    const { source, target, pack, unpack } = wireOf(shape(length), length);
    fillRandom(source.floats, length + 1);
    pack();
    expect(unpack()).toBe('finite');
    for (let block = 0; block < length; block += 256) {
      const part = source.floats.subarray(block, block + 256);
      const scale = Math.max(...part.map(Math.abs)) / 127;
      part.forEach((value, index) => {
        expect(Math.abs(target.floats[block + index]! - value)).toBeLessThan(scale * 1.0001);
      });
    }
  });

  it('is right in the mean over keys', () => {
    const { source, target, pack, unpack } = wireOf(shape(256), 256);
    fillRandom(source.floats, 9);
    const sums = new Float64Array(256);
    const rounds = 4000;
    for (let key = 0; key < rounds; key++) {
      pack(Math.imul(key, 0x9e3779b1) >>> 0);
      unpack();
      addTo(sums, target.floats);
    }
    const scale = Math.max(...source.floats.map(Math.abs)) / 127;
    // The standard deviation of one rounding is at most scale/2; six of the mean of 4,000.
    const bound = (6 * scale) / 2 / Math.sqrt(rounds);
    source.floats.forEach((value, index) => {
      expect(Math.abs(sums[index]! / rounds - value)).toBeLessThan(bound);
    });
  });

  it('rounds the same element of the same key alike, and differently under another key', () => {
    const { source, wire, pack } = wireOf(shape(1000), 1000);
    fillRandom(source.floats, 4);
    const bytesOf = (key: number) => {
      pack(key);
      return Buffer.from(wire.bytes).toString('hex');
    };
    expect(bytesOf(7)).toBe(bytesOf(7));
    expect(bytesOf(7)).not.toBe(bytesOf(8));
  });

  it('keeps zeros, and what is too small to scale becomes zero', () => {
    const { source, target, pack, unpack } = wireOf(shape(512), 512);
    source.floats.fill(1e-42, 256);
    pack();
    expect(unpack()).toBe('finite');
    expect(target.floats.every((value) => value === 0)).toBe(true);
  });
});

describe('topK', () => {
  const shape = (length: number, topK: number) => gradientFormat({ topK }, whole(length))!;

  it('keeps half of its share exactly: the largest, of equal ones the first', () => {
    const { source, target, pack, unpack } = wireOf(shape(10, 0.4), 10);
    source.floats.set([0, 3, -5, 3, 0, 3, 0, 0, 0, 0]);
    pack();
    expect(unpack()).toBe('finite');
    // 4 elements: −5 and the first 3 as they are; λ = (3 + 3)/2, so each other 3 is picked once.
    expect([...target.floats]).toEqual([0, 3, -5, 3, 0, 3, 0, 0, 0, 0]);
  });

  it('is right in the mean over keys', () => {
    const { source, target, pack, unpack } = wireOf(shape(200, 0.1), 200);
    fillRandom(source.floats, 5);
    const sums = new Float64Array(200);
    const rounds = 4000;
    for (let key = 0; key < rounds; key++) {
      pack(Math.floor((key + 0.5) * (2 ** 32 / rounds)));
      expect(unpack()).toBe('finite');
      addTo(sums, target.floats);
    }
    source.floats.forEach((value, index) => {
      expect(Math.abs(sums[index]! / rounds - value)).toBeLessThan(0.01);
    });
  });

  it.each([1, 2, 3, 17, 1000])('sends a fixed number of %i elements, whatever they are', (length) => {
    for (const topK of [0.001, 0.1, 1]) {
      const { source, target, pack, unpack } = wireOf(shape(length, topK), length);
      pack(0xffffffff);
      expect(unpack()).toBe('finite');
      expect(target.floats.every((value) => value === 0)).toBe(true);
      fillRandom(source.floats, length);
      pack(0xffffffff);
      expect(unpack()).toBe('finite');
      const kept = target.floats.filter((value) => value !== 0).length;
      expect(kept).toBeLessThanOrEqual(Math.max(1, Math.round(topK * length)));
      expect(kept).toBeGreaterThan(0);
    }
  });

  it('refuses an index that is not there', () => {
    const { wire, pack, unpack } = wireOf(shape(100, 0.1), 100);
    pack();
    const words = new Uint32Array(wire.bytes.buffer, wire.byteOffset);
    for (const place of [0, 11]) {
      pack();
      words[place] = 100;
      expect(unpack()).toBe('damaged');
    }
  });
});

describe.each(['bf16', 'int8', { topK: 0.2 }] as const)('%j', (compression) => {
  const shape = { compressed: 48, elements: 80 };
  const format = gradientFormat(compression, shape)!;

  it('leaves what lies behind the compressed part as it is', () => {
    const { source, target, wire, pack, unpack } = wireOf(format, 80);
    fillRandom(source.floats, 3);
    pack();
    expect(unpack()).toBe('finite');
    expect([...target.floats.subarray(48)]).toEqual([...source.floats.subarray(48)]);
    expect((wire.bytes.byteLength - 4 * 32) % 64).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'finds %f at every place after the journey',
    (damage) => {
      const { source, pack, unpack } = wireOf(format, 80);
      for (let place = 0; place < 80; place++) {
        fillRandom(source.floats, place);
        source.floats[place] = damage;
        pack();
        expect([place, unpack()]).toEqual([place, 'not-finite']);
      }
    },
  );

  it('refuses buffers of another size', () => {
    const { source, target, pack } = wireOf(format, 80);
    expect(() => format.pack(target, source, 1)).toThrow(RangeError);
    expect(pack).not.toThrow();
  });
});

it('the wire forms of a large buffer have the sizes that the figures are about', () => {
  const elements = 1_000_000;
  const ratio = (format: WireFormat | undefined) => (format?.length ?? elements) / elements;
  expect(ratio(gradientFormat('none', whole(elements)))).toBe(1);
  expect(ratio(gradientFormat('bf16', whole(elements)))).toBeCloseTo(0.5, 4);
  expect(ratio(gradientFormat('int8', whole(elements)))).toBeCloseTo(0.25 + 1 / 256, 4);
  expect(ratio(gradientFormat({ topK: 0.1 }, whole(elements)))).toBeCloseTo(0.15, 4);
  expect(ratio(parameterFormat('int8', whole(elements)))).toBeCloseTo(0.5, 4);
});
