import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { integers } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { keepsDims, reducedAxes, reducedShape, reductionOffsets, restoreAxes } from '../rules/reduction.ts';

/** ONNX ReduceMax (opset 17: the axes are an attribute; without them all axes). */
export const reduceMax: Operation = {
  inputs: [{ name: 'data', dtypes: 'float' }],
  attributes: { axes: 'integers', keepdims: 'integer' },
  shape: ({ node, inputs: [data] }) => {
    const { dtype, shape } = data!;
    const axes = reducedAxes(node, integers(node.attributes, 'axes'), shape.length);
    return [{ dtype, shape: reducedShape(shape, axes, keepsDims(node)) }];
  },
  evaluate: ([data], attributes, [type]) => {
    const axes = reducedAxes(
      { name: 'ReduceMax', op: 'ReduceMax' },
      integers(attributes, 'axes'),
      data!.shape.length,
    );
    const [values, into] = [numbers(data!), reductionOffsets(data!.shape, axes)];
    const out = new Float64Array(elementCount(type!.shape)).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < values.length; i += 1) out[into[i]!] = Math.max(out[into[i]!]!, values[i]!);
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const x = inputOf(context, 0);
    const axes = reducedAxes(node, integers(node.attributes, 'axes'), type(x).shape.length);
    const [dy, y] = [outputGradient(context), node.outputs[0]!].map((value) =>
      restoreAxes(context, value, axes),
    );
    return [graph.add('ReduceMaxGrad', [dy!, x, y!], { axes })];
  },
  flops: ([data]) => elementCount(data!.shape),
};
