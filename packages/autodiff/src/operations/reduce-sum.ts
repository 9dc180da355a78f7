import { elementCount, type Tensor } from '@descent/tensors';
import type { Node } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { integersOf } from '../rules/numbers.ts';
import { keepsDims, reducedAxes, reducedShape, reduceInto, spread, sumOf } from '../rules/reduction.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX ReduceSum. The axes are an input, constant; without them all axes, or none with noop_with_empty_axes. */
export const reduceSum: Operation = {
  inputs: [
    { name: 'data', dtypes: 'signed' },
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
    const axes = summedAxes(node, given, data!.shape.length);
    const exact = (elements: BigInt64Array) => elements.reduce((sum, element) => sum + element, 0n);
    return [reduceInto(type!, data!, axes, sumOf, exact)];
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
