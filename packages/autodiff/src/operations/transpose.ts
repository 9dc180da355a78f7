import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { integers } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { offsets, stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { wrongAttribute } from '../rules/refuse.ts';

/** ONNX Transpose: axis i of the result is axis perm[i] of the input; without `perm`, the axes are reversed. */
export const transpose: Operation = {
  inputs: [{ name: 'data', dtypes: 'any' }],
  attributes: { perm: 'integers' },
  shape: ({ node, inputs: [data] }) => {
    const { dtype, shape } = data!;
    const perm = permutation(node.attributes, shape.length);
    const sorted = perm.toSorted((a, b) => a - b);
    if (perm.length !== shape.length || sorted.some((axis, index) => axis !== index)) {
      throw wrongAttribute(node, 'perm', `[${perm.join(', ')}] is no order of ${shape.length} axes`);
    }
    return [{ dtype, shape: perm.map((axis) => shape[axis]!) }];
  },
  evaluate: ([data], attributes, [type]) => {
    const strides = stridesOf(data!.shape);
    const perm = permutation(attributes, strides.length);
    const values = numbers(data!);
    const from = offsets(
      type!.shape,
      perm.map((axis) => strides[axis]!),
    );
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const perm = permutation(node.attributes, type(node.inputs[0]!).shape.length);
    const inverse = perm.map((_, axis) => perm.indexOf(axis));
    return [graph.add('Transpose', [outputGradient(context)], { perm: inverse })];
  },
  flops: () => 0,
};

function permutation(attributes: Attributes, rank: number): readonly number[] {
  return integers(attributes, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}
