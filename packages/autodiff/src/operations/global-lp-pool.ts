import { elementCount } from '@descent/tensors';
import type { Node } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { powers, root, sharedByNorm, slope } from '../rules/lp-norm.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { globallyPooled, spatialAxes } from '../rules/pooling.ts';
import { wrongAttribute } from '../rules/refuse.ts';

const orderOf = ({ attributes }: Pick<Node, 'attributes'>) => integer(attributes, 'p', 2);

/** ONNX GlobalLpPool: the norm of order p ≥ 1 (2) over all spatial axes, which stay as 1. */
export const globalLpPool: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: { p: 'integer' },
  shape: (context) => {
    if (orderOf(context.node) < 1) throw wrongAttribute(context.node, 'p', 'must be at least 1');
    return [{ dtype: 'float32', shape: globallyPooled(context) }];
  },
  evaluate: ([x], attributes, [type]) => {
    const [sums, p, plane] = [zeros(type!.shape), orderOf({ attributes }), elementCount(x!.shape.slice(2))];
    numbers(x!).forEach((value, offset) => {
      sums[Math.floor(offset / plane)]! += Math.abs(value) ** p;
    });
    return [
      tensorOf(
        type!,
        sums.map((sum) => sum ** (1 / p)),
      ),
    ];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const [x, y, p] = [node.inputs[0]!, node.outputs[0]!, orderOf(node)];
    return [graph.add('Mul', [slope(graph, x, p), sharedByNorm(graph, outputGradient(context), y, p)])];
  },
  decompose: ({ graph, node, type }) => {
    const [x, p] = [node.inputs[0]!, orderOf(node)];
    const axes = graph.integers(spatialAxes(type(x).shape));
    return [root(graph, graph.add('ReduceSum', [powers(graph, x, p), axes], { keepdims: 1 }), p)];
  },
  flops: ([x]) => 2 * elementCount(x!.shape),
};
