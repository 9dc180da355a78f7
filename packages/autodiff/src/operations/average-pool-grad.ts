import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { integers } from '../rules/attributes.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { meanShares, planesOf, poolingOf, walkPooling } from '../rules/pooling.ts';
import { resolvedWindowAttributes, spatialShape } from '../rules/window.ts';

/** Gradient of `AveragePool`: each element of dY is shared out over its window. Spatial sizes are `input_shape`. */
export const averagePoolGrad: Operation = {
  inputs: [{ name: 'dY', dtypes: 'float' }],
  attributes: { ...resolvedWindowAttributes, ceil_mode: 'integer', count_include_pad: 'integer' },
  shape: ({ node, inputs: [dy] }) => [
    { dtype: 'float32', shape: spatialShape(dy!.shape, integers(node.attributes, 'input_shape') ?? []) },
  ],
  evaluate: ([dy], attributes, [type]) => {
    const [gradients, out] = [numbers(dy!), zeros(type!.shape)];
    const window = poolingOf(type!, attributes);
    const shares = meanShares(window, attributes);
    walkPooling(window, planesOf(type!), (output, inputs) => {
      const share = gradients[output]! * shares[output % shares.length]!;
      for (const offset of inputs) out[offset]! += share;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'first-order-only',
  flops: ([dy], _, attributes) =>
    elementCount(dy!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};
