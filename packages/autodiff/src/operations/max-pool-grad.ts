import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { firstMaximum, planesOf, poolingOf, poolingOrRefuse, walkPooling } from '../rules/pooling.ts';
import { mismatch } from '../rules/refuse.ts';
import { resolvedWindowAttributes, spatialShape } from '../rules/window.ts';

/**
 * Gradient of `MaxPool`, from dY, X and the pooled Y: each element of dY goes to the first maximum of its window in
 * row-major order; where windows overlap, they add up. Shape of X.
 */
export const maxPoolGrad: Operation = {
  inputs: [
    { name: 'dY', dtypes: 'float' },
    { name: 'X', dtypes: 'float' },
    { name: 'Y', dtypes: 'float' },
  ],
  attributes: { ...resolvedWindowAttributes, ceil_mode: 'integer' },
  shape: (context) => {
    const [dy, x, y] = context.inputs.map((input) => input!.shape);
    const window = poolingOrRefuse({ ...context, inputs: [context.inputs[1]] });
    const pooled = spatialShape(x!, window.output);
    if (!sameShape(dy!, pooled) || !sameShape(y!, pooled)) {
      throw mismatch(
        context,
        `dY ${renderShape(dy!)} and Y ${renderShape(y!)} must be ${renderShape(pooled)}`,
      );
    }
    return [context.inputs[1]!];
  },
  evaluate: ([dy, x], attributes, [type]) => {
    const [gradients, values, out] = [numbers(dy!), numbers(x!), zeros(type!.shape)];
    walkPooling(poolingOf(x!, attributes), planesOf(x!), (output, inputs) => {
      out[firstMaximum(values, inputs)]! += gradients[output]!;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'first-order-only',
  flops: ([dy], _, attributes) =>
    elementCount(dy!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};
