import { renderShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { ConcreteType, Operation } from '../operation.ts';
import { integer, integers } from '../rules/attributes.ts';
import { type Convolution, convolutionFlops, walkConvolution } from '../rules/convolution.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { resolvedWindowAttributes, windowOf } from '../rules/window.ts';

/**
 * Gradient of `Conv` by X, from dY [n, filters, ...] and W: X's shape, whose spatial sizes are `input_shape`.
 * What ONNX ConvTranspose computes with W unchanged, for any stride remainder.
 */
export const convInputGrad: Operation = {
  inputs: [
    { name: 'dY', dtypes: 'float' },
    { name: 'W', dtypes: 'float' },
  ],
  attributes: { ...resolvedWindowAttributes, group: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const [dy, w] = [inputs[0]!.shape, inputs[1]!.shape];
    const input = integers(node.attributes, 'input_shape') ?? [];
    if (dy.length !== w.length || input.length !== dy.length - 2) {
      throw mismatch(
        context,
        `dY ${renderShape(dy)}, W ${renderShape(w)} and the input size do not belong together`,
      );
    }
    const channels = Number(w[1]) * integer(node.attributes, 'group', 1);
    return [{ dtype: 'float32', shape: [dy[0]!, channels, ...input] }];
  },
  evaluate: ([dy, w], attributes, [type]) => {
    const [gradients, weights, out] = [numbers(dy!), numbers(w!), zeros(type!.shape)];
    walkConvolution(convolutionOf(w!, type!, attributes), (inX, inW, inY) => {
      out[inX]! += gradients[inY]! * weights[inW]!;
    });
    return [tensorOf(type!, out)];
  },
  /** It is linear in both inputs: a convolution takes the gradient back to dY, and W meets it as it met dY. */
  gradient: ({ graph, node, needs, outputGradients }) => {
    const [dy, w, upstream] = [node.inputs[0]!, node.inputs[1]!, outputGradients[0]!];
    const { input_shape: _, ...attributes } = node.attributes;
    return [
      needs[0] ? graph.add('Conv', [upstream, w], attributes) : undefined,
      needs[1] ? graph.add('ConvWeightGrad', [upstream, dy], attributes) : undefined,
    ];
  },
  flops: ([, w], [dx], attributes) => convolutionFlops(convolutionOf(w!, dx!, attributes)),
};

function convolutionOf(w: ConcreteType, dx: ConcreteType, attributes: Attributes): Convolution {
  return {
    window: windowOf(dx.shape.slice(2), w.shape.slice(2), attributes),
    samples: dx.shape[0]!,
    channels: dx.shape[1]!,
    filters: w.shape[0]!,
    groups: integer(attributes, 'group', 1),
  };
}
