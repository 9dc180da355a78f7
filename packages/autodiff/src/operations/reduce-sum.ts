import { elementCount, type Tensor } from '@descent/tensors';
import type { Node } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { integersOf, numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { keepsDims, reducedAxes, reducedShape, reductionOffsets, spread } from '../rules/reduction.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX ReduceSum. The axes are an input, constant; without them all axes, or none with noop_with_empty_axes. */
export const reduceSum: Operation = {
  inputs: [
    { name: 'data', dtypes: 'number' },
    { name: 'axes', dtypes: 'index', presence: 'optional' },
  ],
  attributes: { keepdims: 'integer', noop_with_empty_axes: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const axes = context.constant(1);
    if (inputs[1] !== undefined && axes === undefined) throw mismatch(context, 'the axes must be a constant');
    const { dtype, shape } = inputs[0]!;
    return [{ dtype, shape: reducedShape(shape, summedAxes(node, axes, shape.length), keepsDims(node)) }];
  },
  evaluate: ([data, given], attributes, [type]) => {
    const node = { name: 'ReduceSum', op: 'ReduceSum', attributes } as const;
    const into = reductionOffsets(data!.shape, summedAxes(node, given, data!.shape.length));
    const [values, out] = [numbers(data!), zeros(type!.shape)];
    for (let i = 0; i < values.length; i += 1) out[into[i]!]! += values[i]!;
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { shape } = context.type(inputOf(context, 0));
    const axes = summedAxes(context.node, context.constant(1), shape.length);
    return [spread(context, outputGradient(context), axes), undefined];
  },
  flops: ([data]) => elementCount(data!.shape),
};

function summedAxes(
  node: Pick<Node, 'name' | 'op' | 'attributes'>,
  axes: Tensor | undefined,
  rank: number,
): readonly number[] {
  const list = axes && integersOf(axes);
  const none = list === undefined || list.length === 0;
  if (none && integer(node.attributes, 'noop_with_empty_axes', 0) !== 0) return [];
  return reducedAxes(node, list, rank);
}
