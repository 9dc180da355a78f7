import type { Tensor } from '@descent/tensors';
import type { OperationName } from '../operations/index.ts';
import { stridesOf } from '../rules/indexing.ts';
import { numbers } from '../rules/numbers.ts';

/** Where an activation lets little or nothing of the gradient through. */
export interface Saturation {
  /** Share of the elements (of the lanes, for a softmax) for which this is so. */
  readonly share: number;
  /** Units (features or channels: positions along axis 1) for which it is so in every sample and place. */
  readonly units: { readonly count: number; readonly of: number } | null;
  readonly words: string;
}

interface Rule {
  /** What is counted, as the end of "37 % of the elements …". */
  readonly words: string;
  flat(output: number): boolean;
}

const sigmoid: Rule = {
  words: 'lie below 0.01 or above 0.99, where σ(1−σ) is less than 4 % of its largest value',
  flat: (y) => y < 0.01 || y > 0.99,
};
const tanh: Rule = {
  words: 'lie beyond ±0.98, where 1−tanh² is less than 4 % of its largest value',
  flat: (y) => Math.abs(y) > 0.98,
};
const relu: Rule = { words: 'are 0: their gate is closed, no gradient passes', flat: (y) => y === 0 };
const hardSigmoid: Rule = { words: 'lie at 0 or 1, where the slope is 0', flat: (y) => y === 0 || y === 1 };

const rules: Readonly<Record<string, Rule>> = {
  Sigmoid: sigmoid,
  Tanh: tanh,
  Relu: relu,
  HardSigmoid: hardSigmoid,
};

/** Saturation of one node by what came out of it; null for operations that do not saturate. */
export function saturationOf(op: OperationName, output: Tensor, axis = -1): Saturation | null {
  if (op === 'Softmax') return softmaxSaturation(output, axis);
  const rule = rules[op];
  if (rule === undefined) return null;
  const values = numbers(output);
  const flat = values.reduce((count, value) => count + (rule.flat(value) ? 1 : 0), 0);
  return {
    share: values.length === 0 ? 0 : flat / values.length,
    units: flatUnits(output, rule),
    words: rule.words,
  };
}

function flatUnits(output: Tensor, { flat }: Rule): Saturation['units'] {
  if (output.shape.length < 2) return null;
  const values = numbers(output);
  const units = output.shape[1]!;
  const stride = stridesOf(output.shape)[1]!;
  const always = new Array<boolean>(units).fill(true);
  values.forEach((value, at) => {
    if (!flat(value)) always[Math.floor(at / stride) % units] = false;
  });
  return { count: always.filter(Boolean).length, of: units };
}

/** A lane whose largest probability is nearly 1 has a Jacobian of nearly 0. */
function softmaxSaturation(output: Tensor, axis: number): Saturation {
  const values = numbers(output);
  const at = axis < 0 ? axis + output.shape.length : axis;
  const lane = output.shape[at] ?? 1;
  const certain = values.reduce((count, value) => count + (value > 0.99 ? 1 : 0), 0);
  return {
    share: values.length === 0 ? 0 : (certain * lane) / values.length,
    units: null,
    words: 'give one entry more than 0.99, where every slope is below 0.01',
  };
}
