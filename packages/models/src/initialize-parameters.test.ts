import { createHash } from 'node:crypto';
import type { Initializer } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { initializeParameters } from './initialize-parameters.ts';
import { fansOf } from './initializers.ts';
import { normalQuantile } from './normal-quantile.ts';
import { layOut, viewOf } from './parameter-layout.ts';

const tensorOf = (initializer: Initializer, shape: readonly number[], seed = 1) => {
  const layout = layOut([{ name: 'w', shape, initializer, trainable: true }]);
  return viewOf(initializeParameters(layout, seed), layout.entries[0]!);
};

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

describe('initializeParameters', () => {
  const layout = layOut([
    { name: 'a', shape: [3], initializer: 'uniform', trainable: true },
    { name: 'b', shape: [2, 2], initializer: 'heNormal', trainable: true },
    { name: 'c', shape: [2], initializer: 'ones', trainable: false },
  ]);

  it('gives these bits for seed 42, on every platform', () => {
    const flat = initializeParameters(layout, 42);
    const hash = createHash('sha256').update(new Uint8Array(flat.buffer)).digest('hex');
    expect({
      values: [...flat.subarray(0, 3), ...flat.subarray(16, 20), ...flat.subarray(32, 34)],
      hash,
    }).toMatchInlineSnapshot(`
      {
        "hash": "e280704cc625746fc99aca54eaac6980c3c0125ea31124e4ebcd0f9f79c04779",
        "values": [
          0.008507553488016129,
          0.03794427588582039,
          -0.02204130031168461,
          0.045149918645620346,
          -1.0298477411270142,
          2.7338039875030518,
          -1.5945676565170288,
          1,
          1,
        ],
      }
    `);
  });

  it('leaves zeros between the tensors', () => {
    const flat = initializeParameters(layout, 42);
    const entries = layout.entries.map((entry) => [entry.offset, entry.offset + entry.length] as const);
    flat.forEach((value, index) => {
      if (!entries.some(([start, end]) => index >= start && index < end)) expect(value).toBe(0);
    });
    expect(flat.length).toBe(48);
  });

  it('differs by seed and by tensor', () => {
    expect(tensorOf('normal', [4], 1)).not.toEqual(tensorOf('normal', [4], 2));
    const twins = layOut([
      { name: 'a', shape: [4], initializer: 'normal', trainable: true },
      { name: 'b', shape: [4], initializer: 'normal', trainable: true },
    ]);
    const flat = initializeParameters(twins, 1);
    expect(viewOf(flat, twins.entries[0]!)).not.toEqual(viewOf(flat, twins.entries[1]!));
  });

  it.each([
    ['glorotUniform', Math.sqrt(6 / 500) / Math.sqrt(3)],
    ['glorotNormal', Math.sqrt(2 / 500)],
    ['heUniform', Math.sqrt(6 / 200) / Math.sqrt(3)],
    ['heNormal', Math.sqrt(2 / 200)],
    ['lecunUniform', Math.sqrt(1 / 200)],
    ['lecunNormal', Math.sqrt(1 / 200)],
    ['normal', 0.05],
    ['uniform', 0.05 / Math.sqrt(3)],
    ['truncatedNormal', 0.05 * 0.8796256610342398],
    [{ type: 'varianceScaling', scale: 3 }, Math.sqrt(3 / 200)],
    [{ type: 'varianceScaling', mode: 'fanOut', distribution: 'normal' }, Math.sqrt(1 / 300)],
    [{ type: 'varianceScaling', mode: 'fanAverage', distribution: 'uniform' }, Math.sqrt(1 / 250)],
    [{ type: 'normal', standardDeviation: 3 }, 3],
    [{ type: 'uniform', minimum: -2, maximum: 2 }, 2 / Math.sqrt(3)],
    ['orthogonal', Math.sqrt(1 / 300)],
  ] as const)('%j of [200, 300] has mean 0 and the deviation of its formula', (name, expected) => {
    const { mean, deviation } = moments(tensorOf(name, [200, 300]));
    expect(Math.abs(mean)).toBeLessThan(expected * 0.02);
    expect(deviation / expected).toBeCloseTo(1, 1.7);
  });

  it('zeros and ones are what they say', () => {
    expect([...tensorOf('zeros', [2])]).toEqual([0, 0]);
    expect([...tensorOf('ones', [2])]).toEqual([1, 1]);
  });

  it('those with numbers are what they say', () => {
    expect([...tensorOf({ type: 'constant', value: 0.5 }, [2])]).toEqual([0.5, 0.5]);
    expect([...tensorOf({ type: 'identity', gain: 2 }, [2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
    const shifted = tensorOf({ type: 'uniform', minimum: 5, maximum: 6 }, [1000]);
    expect(Math.min(...shifted)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...shifted)).toBeLessThanOrEqual(6);
    const cut = tensorOf({ type: 'truncatedNormal', mean: 1, standardDeviation: 0.5 }, [10_000]);
    expect(Math.min(...cut)).toBeGreaterThan(0);
    expect(Math.max(...cut)).toBeLessThan(2);
    expect(Math.max(...cut)).toBeGreaterThan(1.97);
  });

  it.each([
    [[3, 5], 1],
    [[5, 3], 2],
    [[4, 2, 3], 1],
  ])('orthogonal of %j has orthonormal rows or columns, whichever are fewer', (shape, gain) => {
    const values = tensorOf({ type: 'orthogonal', gain }, shape);
    const rows = shape[0]!;
    const columns = values.length / rows;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const at = (vector: number, i: number) =>
      values[rows <= columns ? vector * columns + i : i * columns + vector]!;
    for (let a = 0; a < count; a += 1) {
      for (let b = 0; b <= a; b += 1) {
        let product = 0;
        for (let i = 0; i < length; i += 1) product += at(a, i) * at(b, i);
        expect(product).toBeCloseTo(a === b ? gain ** 2 : 0, 6);
      }
    }
  });

  it('the parts of a vector have a constant each', () => {
    const layout = layOut([
      { name: 'w', shape: [6], initializer: { type: 'parts', values: [0, 1, 2] }, trainable: true },
    ]);
    expect([...viewOf(initializeParameters(layout, 1), layout.entries[0]!)]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('counts the window of a kernel to both fans', () => {
    expect(fansOf([784, 10])).toEqual({ fanIn: 784, fanOut: 10 });
    expect(fansOf([64, 32, 3, 3])).toEqual({ fanIn: 288, fanOut: 576 });
    expect(fansOf([7])).toEqual({ fanIn: 7, fanOut: 7 });
    expect(fansOf([])).toEqual({ fanIn: 1, fanOut: 1 });
  });
});

describe('normalQuantile', () => {
  it.each([
    [0.5, 0],
    [0.25, -0.6744897501960817],
    [0.9, 1.2815515655446008],
    [0.99, 2.3263478740408408],
    [1e-6, -4.753424308822899],
    [2 ** -33, -6.337957754553789],
  ])('of %d is %d', (p, x) => {
    expect(normalQuantile(p)).toBeCloseTo(x, 14);
  });
});
