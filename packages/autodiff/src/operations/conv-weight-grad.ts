import { renderShape, sameDim } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { ConcreteType, Operation } from '../operation.ts';
import { integer, integers } from '../rules/attributes.ts';
import { type Convolution, convolutionFlops, walkConvolution } from '../rules/convolution.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { resolvedWindowAttributes, windowOf } from '../rules/window.ts';

/** Gradient of `Conv` by W, from X and dY, summed over the samples: [filters, channels ÷ group, ...kernel_shape]. */
export const convWeightGrad: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'dY', dtypes: 'float' },
  ],
  attributes: { ...resolvedWindowAttributes, group: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const [x, dy] = [inputs[0]!.shape, inputs[1]!.shape];
    const kernel = integers(node.attributes, 'kernel_shape') ?? [];
    if (x.length !== dy.length || !sameDim(x[0], dy[0]) || kernel.length !== x.length - 2) {
      throw mismatch(
        context,
        `X ${renderShape(x)}, dY ${renderShape(dy)} and the kernel do not belong together`,
      );
    }
    const depth = Number(x[1]) / integer(node.attributes, 'group', 1);
    return [{ dtype: 'float32', shape: [dy[1]!, depth, ...kernel] }];
  },
  evaluate: ([x, dy], attributes, [type]) => {
    const [values, gradients, out] = [numbers(x!), numbers(dy!), zeros(type!.shape)];
    walkConvolution(convolutionOf(x!, type!, attributes), (inX, inW, inY) => {
      out[inW]! += values[inX]! * gradients[inY]!;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'first-order-only',
  flops: ([x], [dw], attributes) => convolutionFlops(convolutionOf(x!, dw!, attributes)),
};

function convolutionOf(x: ConcreteType, dw: ConcreteType, attributes: Attributes): Convolution {
  return {
    window: windowOf(x.shape.slice(2), dw.shape.slice(2), attributes),
    samples: x.shape[0]!,
    channels: x.shape[1]!,
    filters: dw.shape[0]!,
    groups: integer(attributes, 'group', 1),
  };
}
