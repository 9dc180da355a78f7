import type { Tensor } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongInputs } from '../rules/refuse.ts';

/**
 * ONNX Trilu: the upper (or, with `upper` 0, lower) triangle of the last two axes from the diagonal `k` (0, the main
 * one; positive: above it), and zeros in the other.
 */
export const trilu: Operation = {
  inputs: [
    { name: 'input', dtypes: 'any' },
    { name: 'k', dtypes: 'index', presence: 'optional' },
  ],
  attributes: { upper: 'integer' },
  shape: (context) => {
    const input = context.inputs[0]!;
    if (input.shape.length < 2) throw mismatch(context, `takes matrices, not ${renderShape(input.shape)}`);
    const k = context.constant(1);
    if (context.inputs[1] !== undefined && k?.data.length !== 1) {
      throw wrongInputs(context.node, 'takes a k that is one constant');
    }
    return [input];
  },
  evaluate: ([input, k], attributes, [type]) => {
    const [rows, columns] = type!.shape.slice(-2) as [number, number];
    const diagonal = diagonalOf(k);
    const upper = integer(attributes, 'upper', 1) !== 0;
    const out = numbers(input!).map((value, index) => {
      const above = (index % columns) - (Math.floor(index / columns) % rows) - diagonal;
      return (upper ? above >= 0 : above <= 0) ? value : 0;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const k = node.inputs.slice(1).filter((value) => value !== '');
    return [graph.add('Trilu', [outputGradient(context), ...k], node.attributes), undefined];
  },
  flops: () => 0,
};

function diagonalOf(k: Tensor | undefined): number {
  return k === undefined ? 0 : numbers(k)[0]!;
}
