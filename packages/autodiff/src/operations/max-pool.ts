import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { firstMaximum, planesOf, poolingOf, poolingOrRefuse, walkPooling } from '../rules/pooling.ts';
import { wrongAttribute } from '../rules/refuse.ts';
import { resolvedAttributes, spatialShape, windowAttributes, windowOf } from '../rules/window.ts';

/** ONNX MaxPool, without its second output (indices). Padding never wins. */
export const maxPool: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: { ...windowAttributes, ceil_mode: 'integer', storage_order: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    if (integer(node.attributes, 'storage_order', 0) !== 0) {
      throw wrongAttribute(node, 'storage_order', 'must be 0');
    }
    const window = poolingOrRefuse(context);
    return [{ dtype: 'float32', shape: spatialShape(inputs[0]!.shape, window.output) }];
  },
  evaluate: ([x], attributes, [type]) => {
    const [values, out] = [numbers(x!), zeros(type!.shape)];
    walkPooling(poolingOf(x!, attributes), planesOf(x!), (output, inputs) => {
      out[output] = values[firstMaximum(values, inputs)]!;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const x = inputOf(context, 0);
    const kernel = node.attributes.kernel_shape as readonly number[];
    const window = windowOf(type(x).shape.slice(2) as readonly number[], kernel, node.attributes);
    return [
      graph.add('MaxPoolGrad', [outputGradient(context), x, node.outputs[0]!], resolvedAttributes(window)),
    ];
  },
  flops: (_, [y], attributes) =>
    elementCount(y!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};
