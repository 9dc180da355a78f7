import type { ExplainedValue, Explanation } from '@descent/contracts';
import { expect, test } from 'vitest';
import { describeExplanation, describeNodes } from './describe-explanation.ts';

const tensor = (value: number): ExplainedValue['value'] => ({
  shape: [],
  elements: 1,
  statistics: {
    minimum: value,
    maximum: value,
    mean: value,
    standardDeviation: 0,
    norm: Math.abs(value),
    zeroShare: 0,
    nanCount: 0,
    infiniteCount: 0,
  },
  values: [value],
  sample: null,
});
const explained = (
  name: string,
  role: ExplainedValue['role'],
  value: number,
  gradient: number,
): ExplainedValue => ({
  name,
  role,
  dtype: 'float32',
  label: `${name} [number]`,
  value: tensor(value),
  gradient: tensor(gradient),
  check: {
    passed: true,
    checked: 1,
    of: 1,
    corners: 0,
    worst: { index: [], derived: gradient, measured: gradient, relativeError: 0 },
  },
});

/** z = x · y at (3, −4). */
const explanation: Explanation = {
  of: 'z',
  batch: 1,
  loss: -12,
  step: null,
  leaves: [explained('x', 'input', 3, -4), explained('y', 'input', -4, 3)],
  nodes: [
    {
      name: 'z',
      op: 'Mul',
      layer: 'z',
      index: 0,
      inputs: ['x', 'y'],
      attributes: {},
      flops: 1,
      derivative: { role: 'multiply switches', words: 'Each gets the other.', formula: 'dA = dY · B' },
      saturation: null,
      outputs: [explained('z', 'node', -12, 1)],
    },
  ],
  checks: { passed: 3, failed: 0, skipped: 0, largestError: 0 },
};

test('both passes are tables: values down, gradients up, with the rule of each operation', () => {
  const lines = describeExplanation(explanation).split('\n');
  expect(lines[0]).toBe('sum of z -12 over one sample');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual(
    expect.arrayContaining([
      ['0', 'Mul', 'z', 'number', 'x, y', '-12'],
      ['z', '1', '✓ 0', 'multiply switches: dA = dY · B'],
      ['x', '-4', '✓ 0'],
      ['y', '3', '✓ 0'],
    ]),
  );
  expect(lines.at(-1)).toBe('All 3 gradients agree with finite differences, within 0.');
});

test('a node in detail shows what its operation does and the element that is furthest off', () => {
  const text = describeNodes(explanation);
  expect(text).toContain('z: Mul(x, y) in layer z\n  multiply switches: Each gets the other.\n  dA = dY · B');
  expect(text).toContain('checked   1 of 1 elements; furthest off at []: derived -4, measured -4 (✓ 0)');
});

test('a gradient that is off is named as such', () => {
  const off = { ...explanation, checks: { passed: 2, failed: 1, skipped: 4, largestError: 0.5 } };
  expect(describeExplanation(off)).toContain(
    '1 of 3 gradients are off, by up to 0.5; 4 were left out, to keep the answer quick.',
  );
});
