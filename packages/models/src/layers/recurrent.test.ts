import type { LayerSpec } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { compiled, floats, predict } from '../reference.fixture.ts';

const close = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 6);
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const { tanh } = Math;

describe('simpleRnn', () => {
  const feeds = {
    x: floats([1, 3, 1], [1, 2, 3]),
    'r/kernel': floats([1, 1], [1]),
    'r/recurrentKernel': floats([1, 1], [10]),
    'r/bias': floats([1], [0.5]),
  };
  const layer = { type: 'simpleRnn', name: 'r', units: 1, activation: 'linear' } as const;
  const run = (fields: { goBackwards?: boolean; returnSequences?: boolean }) =>
    predict([3, 1], [{ ...layer, ...fields }], feeds);

  it('adds ten times the state before to each input', () => {
    expect(run({})).toEqual({ values: [3.5 + 10 * (2.5 + 15)], shape: [1, 1] });
  });

  it('returns the state after each step', () => {
    expect(run({ returnSequences: true })).toEqual({ values: [1.5, 17.5, 178.5], shape: [1, 3, 1] });
  });

  it('backwards, starts at the last input, and the results are in the order of the steps, as in Keras', () => {
    expect(run({ goBackwards: true, returnSequences: true }).values).toEqual([3.5, 37.5, 376.5]);
  });

  it('in both directions, puts the results of one position beside each other', () => {
    const both = { ...layer, bidirectional: true, returnSequences: true };
    const weights = Object.fromEntries(
      ['forward', 'backward'].flatMap((direction) =>
        Object.entries(feeds).flatMap(([name, value]) =>
          name === 'x' ? [] : [[name.replace('r/', `r/${direction}/`), value] as const],
        ),
      ),
    );
    const run = (mergeMode: 'concat' | 'sum') =>
      predict([3, 1], [{ ...both, mergeMode }], { x: feeds.x, ...weights });
    expect(run('concat')).toEqual({ values: [1.5, 376.5, 17.5, 37.5, 178.5, 3.5], shape: [1, 3, 2] });
    expect(run('sum').values).toEqual([378, 55, 182]);
  });
});

describe('lstm', () => {
  it('has the gates input, forget, cell, output and carries the cell', () => {
    const [wi, wf, wc, wo] = [0.5, -0.3, 0.8, 1.1];
    const [ui, uf, uc, uo] = [0.2, 0.4, -0.6, 0.1];
    let [h, c] = [0, 0];
    for (const x of [1, -2]) {
      const [i, f, g, o] = [
        sigmoid(wi * x + ui * h),
        sigmoid(wf * x + uf * h + 1),
        tanh(wc * x + uc * h),
        sigmoid(wo * x + uo * h),
      ];
      c = f * c + i * g;
      h = o * tanh(c);
    }
    const feeds = {
      x: floats([1, 2, 1], [1, -2]),
      'l/kernel': floats([1, 4], [wi, wf, wc, wo]),
      'l/recurrentKernel': floats([1, 4], [ui, uf, uc, uo]),
      'l/bias': floats([4], [0, 1, 0, 0]),
    };
    close(predict([2, 1], [{ type: 'lstm', name: 'l', units: 1 }], feeds).values, [h]);
  });

  it('starts with an open forget gate, unless the spec says otherwise', () => {
    const initializer = (fields: object) =>
      compiled({
        inputs: { x: { shape: [2, 1] } },
        layers: [{ type: 'lstm', units: 3, ...fields }],
        loss: { type: 'meanSquaredError', labels: 'y' },
      }).layout.entries.find(({ name }) => name === 'lstm_1/bias')?.initializer;
    expect(initializer({})).toEqual({ type: 'parts', values: [0, 1, 0, 0] });
    expect(initializer({ unitForgetBias: false })).toBe('zeros');
    expect(initializer({ biasInitializer: 'ones' })).toBe('ones');
  });
});

describe('gru', () => {
  it('resets what it recalls after the product, with a bias of its own', () => {
    const [wz, wr, wh] = [0.5, -0.3, 0.8];
    const [uz, ur, uh] = [0.2, 0.4, -0.6];
    let h = 0;
    for (const x of [1, -2, 0.5]) {
      const z = sigmoid(wz * x + 0.1 + uz * h + 0.01);
      const r = sigmoid(wr * x + 0.2 + ur * h + 0.02);
      const candidate = tanh(wh * x + 0.3 + r * (uh * h + 0.03));
      h = z * h + (1 - z) * candidate;
    }
    const feeds = {
      x: floats([1, 3, 1], [1, -2, 0.5]),
      'g/kernel': floats([1, 3], [wz, wr, wh]),
      'g/recurrentKernel': floats([1, 3], [uz, ur, uh]),
      'g/bias': floats([3], [0.1, 0.2, 0.3]),
      'g/recurrentBias': floats([3], [0.01, 0.02, 0.03]),
    };
    close(predict([3, 1], [{ type: 'gru', name: 'g', units: 1 }], feeds).values, [h]);
  });
});

describe('any recurrent layer', () => {
  const layers: readonly LayerSpec[] = (['simpleRnn', 'gru', 'lstm'] as const).map((type) => ({
    type,
    units: 2,
  }));

  it.each(layers)('$type refuses what is no sequence', (layer) => {
    const spec = {
      inputs: { x: { shape: [4] } },
      layers: [layer],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(() => compiled(spec)).toThrow('it reads sequences; expected [time, features], got [4]');
  });

  it.each(layers)('$type refuses to be unrolled over a long sequence before it adds a node', (layer) => {
    const spec = {
      inputs: { x: { shape: [1_000_000_000, 1] } },
      layers: [layer],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(() => compiled(spec)).toThrow(/at most \d+ are allowed/);
  });

  it('has as many operations over time as a graph may have, and says so', () => {
    const spec = {
      inputs: { x: { shape: [5_000, 1] } },
      layers: [{ type: 'lstm', name: 'slow', units: 1 }],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(() => compiled(spec)).toThrow(
      'model.layers[0]: the number of operations of the graph, with "slow", is 65020; at most 12000 are allowed',
    );
  });
});
