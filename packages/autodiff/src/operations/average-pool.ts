import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { meanShares, planesOf, poolingOf, poolingOrRefuse, walkPooling } from '../rules/pooling.ts';
import { resolvedAttributes, spatialShape, windowAttributes, windowOf } from '../rules/window.ts';

/** ONNX AveragePool (opset 19, with dilations). Padding counts in the mean only with count_include_pad. */
export const averagePool: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: { ...windowAttributes, ceil_mode: 'integer', count_include_pad: 'integer' },
  shape: (context) => [
    { dtype: 'float32', shape: spatialShape(context.inputs[0]!.shape, poolingOrRefuse(context).output) },
  ],
  evaluate: ([x], attributes, [type]) => {
    const [values, out] = [numbers(x!), zeros(type!.shape)];
    const window = poolingOf(x!, attributes);
    const shares = meanShares(window, attributes);
    walkPooling(window, planesOf(x!), (output, inputs) => {
      const share = shares[output % shares.length]!;
      for (const offset of inputs) out[output]! += values[offset]! * share;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const input = type(inputOf(context, 0)).shape.slice(2) as readonly number[];
    const window = windowOf(input, node.attributes.kernel_shape as readonly number[], node.attributes);
    return [
      graph.add('AveragePoolGrad', [outputGradient(context)], {
        ...resolvedAttributes(window),
        input_shape: input,
        ...(integer(node.attributes, 'ceil_mode', 0) === 0 ? {} : { ceil_mode: 1 }),
        count_include_pad: integer(node.attributes, 'count_include_pad', 0),
      }),
    ];
  },
  flops: (_, [y], attributes) =>
    elementCount(y!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};
