import { elementCount } from '@descent/tensors';
import { countOf, divideCounts, elementCountOf } from '../dim.ts';
import type { ValueName } from '../graph.ts';
import type { GradientContext, Operation } from '../operation.ts';
import { integers } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { keepsDims, reducedAxes, reducedShape, reductionOffsets, spread } from '../rules/reduction.ts';

/** ONNX ReduceMean (opset 17: the axes are an attribute; without them all axes). */
export const reduceMean: Operation = {
  inputs: [{ name: 'data', dtypes: 'float' }],
  attributes: { axes: 'integers', keepdims: 'integer' },
  shape: ({ node, inputs: [data] }) => {
    const { dtype, shape } = data!;
    const axes = reducedAxes(node, integers(node.attributes, 'axes'), shape.length);
    return [{ dtype, shape: reducedShape(shape, axes, keepsDims(node)) }];
  },
  evaluate: ([data], attributes, [type]) => {
    const axes = reducedAxes(
      { name: 'ReduceMean', op: 'ReduceMean' },
      integers(attributes, 'axes'),
      data!.shape.length,
    );
    const into = reductionOffsets(data!.shape, axes);
    const [values, out] = [numbers(data!), zeros(type!.shape)];
    const share = out.length / values.length;
    for (let i = 0; i < values.length; i += 1) out[into[i]!]! += values[i]! * share;
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { shape } = context.type(inputOf(context, 0));
    const axes = reducedAxes(context.node, integers(context.node.attributes, 'axes'), shape.length);
    const shared = context.graph.add('Div', [outputGradient(context), elementsPerMean(context)]);
    return [spread(context, shared, axes)];
  },
  flops: ([data]) => elementCount(data!.shape),
};

/** A constant, or read at run time when the mean goes over the batch axis. */
function elementsPerMean({ graph, node, type }: GradientContext): ValueName {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const count = divideCounts(elementCountOf(type(x).shape), elementCountOf(type(y).shape));
  if (count !== undefined && countOf(count).power === 0) return graph.scalar(countOf(count).coefficient);
  const [all, means] = [graph.add('Size', [x]), graph.add('Size', [y])];
  return graph.add('Cast', [graph.add('Div', [all, means])], { to: 'float32' });
}
