import { readdirSync, readFileSync } from 'node:fs';
import { ExplainModelRequest, type Explanation, validate } from '@descent/contracts';
import { describe, expect, test } from 'vitest';
import { explainSpec } from './explain-spec.ts';

const folder = new URL('../../../../examples/lecture/', import.meta.url);
const names = readdirSync(folder).filter((file) => file.endsWith('.json'));

const read = (name: string) =>
  validate(ExplainModelRequest, JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));
const numbersOf = (explanation: Explanation, name: string) => {
  const all = [...explanation.leaves, ...explanation.nodes.flatMap(({ outputs }) => outputs)];
  const found = all.find((one) => one.name === name);
  return { value: found?.value.values ?? [], gradient: found?.gradient?.values ?? [], label: found?.label };
};
const closeTo = (actual: readonly unknown[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    expect(actual[index]).toBeCloseTo(value, 4);
  });
};

test.each(names)('every gradient of %s agrees with finite differences', (file) => {
  const { checks } = explainSpec(read(file.replace('.json', '')));
  expect(checks).toMatchObject({ failed: 0, skipped: 0 });
  expect(checks.passed).toBeGreaterThan(0);
});

describe('the worked examples of the lecture', () => {
  test('f = (x + y) · z at (−2, 5, −4)', () => {
    const explanation = explainSpec(read('product-sum'));
    expect(numbersOf(explanation, 'q').value).toEqual([3]);
    expect(numbersOf(explanation, 'f')).toMatchObject({ value: [-12], gradient: [1] });
    expect(['q', 'x', 'y', 'z'].map((name) => numbersOf(explanation, name).gradient[0])).toEqual([
      -4, -4, -4, 3,
    ]);
  });

  test('the multiply gate switches its inputs', () => {
    const explanation = explainSpec(read('multiply-gate'));
    expect(numbersOf(explanation, 'z').value).toEqual([-12]);
    expect(['x', 'y'].map((name) => numbersOf(explanation, name).gradient[0])).toEqual([-4, 3]);
    expect(explanation.nodes[0]?.derivative.role).toBe('multiply switches');
  });

  test('the linear classifier of four pixels and three classes', () => {
    const explanation = explainSpec(read('linear-classifier'));
    // 11.2 − 115.5 + 2.4 + 4 + 1.1; 84 + 300.3 + 50.4 + 0 + 3.2; 0 + 57.75 + 4.8 − 0.6 − 1.2.
    closeTo(numbersOf(explanation, 'scores').value, [-96.8, 437.9, 60.75]);
    // The second class has all the probability, so the loss is the distance of the scores.
    expect(explanation.loss).toBeCloseTo(437.9 + 96.8, 4);
    closeTo(numbersOf(explanation, 'scores').gradient, [-1, 1, 0]);
    closeTo(numbersOf(explanation, 'W').gradient, [-56, -231, -24, -2, 56, 231, 24, 2, 0, 0, 0, 0]);
    closeTo(numbersOf(explanation, 'b').gradient, [-1, 1, 0]);
    // Wᵀ · (−1, 1, 0)
    closeTo(numbersOf(explanation, 'x').gradient, [1.3, 1.8, 2, -2]);
    expect(numbersOf(explanation, 'W').label).toBe('W [3 × 4]');
    expect(numbersOf(explanation, 'x').label).toBe('x [batch × 4]');
  });

  test('−log σ(wᵀx) has the gradient −(1 − σ(wᵀx)) x', () => {
    const explanation = explainSpec(read('log-sigmoid'));
    // wᵀx = −2 + 6 − 3
    expect(numbersOf(explanation, 'wx').value).toEqual([1]);
    const sigma = 1 / (1 + Math.exp(-1));
    expect(explanation.loss).toBeCloseTo(-Math.log(sigma), 10);
    const factor = -(1 - sigma);
    closeTo(numbersOf(explanation, 'w').gradient, [factor * -1, factor * -2, factor * 1]);
    closeTo(numbersOf(explanation, 'x').gradient, [factor * 2, factor * -3, factor * -3]);
    closeTo(numbersOf(explanation, 'sigma').gradient, [-1 / sigma]);
  });

  test('the two-layer network f = W₂ max(0, W₁x)', () => {
    const explanation = explainSpec(read('two-layer-network'));
    expect(numbersOf(explanation, 'z').value).toEqual([-1, 4, 1]);
    expect(numbersOf(explanation, 'h').value).toEqual([0, 4, 1]);
    expect(numbersOf(explanation, 'f').value).toEqual([7, -1]);
    // ½ (1² + (−1)²) and its gradient f − wanted.
    expect(explanation.loss).toBe(1);
    expect(numbersOf(explanation, 'f').gradient).toEqual([1, -1]);
    expect(numbersOf(explanation, 'W2').gradient).toEqual([0, 4, 1, 0, -4, -1]);
    expect(numbersOf(explanation, 'h').gradient).toEqual([1, 3, -4]);
    // The gate of the first unit is closed.
    expect(numbersOf(explanation, 'z').gradient).toEqual([0, 3, -4]);
    expect(numbersOf(explanation, 'W1').gradient).toEqual([0, 0, 3, 6, -4, -8]);
    expect(numbersOf(explanation, 'x').gradient).toEqual([6, 1]);
  });

  test('the three-layer network f = W₃ max(0, W₂ max(0, W₁x))', () => {
    const explanation = explainSpec(read('three-layer-network'));
    expect(numbersOf(explanation, 'h1').value).toEqual([0, 4, 1]);
    expect(numbersOf(explanation, 'h2').value).toEqual([1, 4]);
    expect(numbersOf(explanation, 'f').value).toEqual([-2, 5]);
    expect(explanation.loss).toBe(2);
    expect(numbersOf(explanation, 'W3').gradient).toEqual([0, 0, 2, 8]);
    expect(numbersOf(explanation, 'W2').gradient).toEqual([0, 8, 2, 0, 8, 2]);
    expect(numbersOf(explanation, 'h1').gradient).toEqual([0, 3, -2]);
    expect(numbersOf(explanation, 'W1').gradient).toEqual([0, 0, 3, 6, -2, -4]);
    expect(numbersOf(explanation, 'x').gradient).toEqual([6, 2]);
  });

  test('the recurrent cell tanh(W_h h + W_x x) on random vectors', () => {
    const explanation = explainSpec(read('recurrent-cell'));
    const next = numbersOf(explanation, 'next_h').value as number[];
    const sum = numbersOf(explanation, 'sum');
    closeTo(
      next,
      (sum.value as number[]).map((value) => Math.tanh(value)),
    );
    // dW_h = (1 − h²) · prev_hᵀ: 400 numbers, of which a sample is shown.
    closeTo(
      sum.gradient,
      next.map((value) => 1 - value ** 2),
    );
    const previous = numbersOf(explanation, 'prev_h').value as number[];
    const weights = explanation.leaves.find(({ name }) => name === 'W_h');
    expect(weights?.gradient).toMatchObject({ elements: 400, values: null });
    for (const { index, value } of weights?.gradient?.sample ?? []) {
      const [row = 0, column = 0] = index;
      expect(value).toBeCloseTo((1 - (next[row] ?? 0) ** 2) * (previous[column] ?? 0), 6);
    }
  });
});
