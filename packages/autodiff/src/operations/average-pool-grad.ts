import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { integer, integers } from '../rules/attributes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { planesOf, poolingOf, walkPooling } from '../rules/pooling.ts';
import { resolvedWindowAttributes, spatialShape } from '../rules/window.ts';

const { input_shape, kernel_shape, pads, strides } = resolvedWindowAttributes;

/** Gradient of `AveragePool`: each element of dY is shared out over its window. Spatial sizes are `input_shape`. */
export const averagePoolGrad: Operation = {
  inputs: [{ name: 'dY', dtypes: 'float' }],
  attributes: { input_shape, kernel_shape, pads, strides, count_include_pad: 'integer' },
  shape: ({ node, inputs: [dy] }) => [
    { dtype: 'float32', shape: spatialShape(dy!.shape, integers(node.attributes, 'input_shape') ?? []) },
  ],
  evaluate: ([dy], attributes, [type]) => {
    const [gradients, out] = [numbers(dy!), zeros(type!.shape)];
    const window = poolingOf(type!, attributes);
    const whole = integer(attributes, 'count_include_pad', 0) !== 0;
    walkPooling(window, planesOf(type!), (output, inputs) => {
      const count = whole ? elementCount(window.kernel) : inputs.length;
      for (const offset of inputs) out[offset]! += gradients[output]! / count;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'first-order-only',
  flops: ([dy], _, attributes) =>
    elementCount(dy!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};
