import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { ConcreteType, GradientContext, Operation, ShapeContext } from '../operation.ts';
import { integer, integers } from '../rules/attributes.ts';
import { type Convolution, checkAxes, convolutionFlops, walkConvolution } from '../rules/convolution.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';
import { resolvedAttributes, windowAttributes, windowOf, windowOrRefuse } from '../rules/window.ts';

/**
 * ONNX Conv over any number of spatial axes: X [n, channels, ...spatial], W [filters, channels ÷ group, ...kernel],
 * B [filters] → [n, filters, ...]. It is a cross-correlation: the kernel is not flipped.
 */
export const conv: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'W', dtypes: 'float' },
    { name: 'B', dtypes: 'float', presence: 'optional' },
  ],
  attributes: { ...windowAttributes, group: 'integer' },
  shape: (context) => {
    const [x, w] = [context.inputs[0]!.shape, context.inputs[1]!.shape];
    checkChannels(context);
    const kernel = w.slice(2).filter((dim): dim is number => typeof dim === 'number');
    const window = windowOrRefuse(context, x.slice(2), kernel);
    return [{ dtype: 'float32', shape: [x[0]!, w[0]!, ...window.output] }];
  },
  evaluate: ([x, w, b], attributes, [type]) => {
    const [values, weights, out] = [numbers(x!), numbers(w!), zeros(type!.shape)];
    if (b !== undefined) {
      const [bias, plane] = [numbers(b), elementCount(type!.shape.slice(2))];
      for (let i = 0; i < out.length; i += 1) out[i] = bias[Math.floor(i / plane) % bias.length]!;
    }
    walkConvolution(convolutionOf(x!, w!, attributes), (inX, inW, inY) => {
      out[inY]! += values[inX]! * weights[inW]!;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, needs, type } = context;
    const [x, w, dy] = [inputOf(context, 0), inputOf(context, 1), outputGradient(context)];
    const attributes = resolved(context);
    const { shape } = type(dy);
    const perChannel = graph.integers(shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])));
    return [
      needs[0]
        ? graph.add('ConvInputGrad', [dy, w], {
            ...attributes,
            input_shape: type(x).shape.slice(2) as readonly number[],
          })
        : undefined,
      needs[1] ? graph.add('ConvWeightGrad', [x, dy], attributes) : undefined,
      needs[2] ? graph.add('ReduceSum', [dy, perChannel], { keepdims: 0 }) : undefined,
    ];
  },
  flops: ([x, w, b], [y], attributes) =>
    convolutionFlops(convolutionOf(x!, w!, attributes)) + (b === undefined ? 0 : elementCount(y!.shape)),
};

function checkChannels(context: ShapeContext): void {
  const { node, inputs } = context;
  const [x, w] = [inputs[0]!.shape, inputs[1]!.shape];
  const groups = integer(node.attributes, 'group', 1);
  checkAxes(context, x, w, '[filters, channels, ...kernel]');
  const [channels, filters, depth] = [Number(x[1]), Number(w[0]), Number(w[1])];
  if (groups < 1 || filters % groups !== 0) {
    throw wrongAttribute(node, 'group', `is ${groups}, which does not divide the ${filters} filters`);
  }
  if (channels !== depth * groups) {
    throw mismatch(
      context,
      `X ${renderShape(x)} has ${channels} channels, W ${renderShape(w)} in ${groups} groups is for ${depth * groups}`,
    );
  }
  const bias = inputs[2]?.shape;
  if (bias !== undefined && !sameShape(bias, [filters])) {
    throw mismatch(context, `B is ${renderShape(bias)}, but there are ${filters} filters`);
  }
  const kernel = integers(node.attributes, 'kernel_shape');
  if (kernel !== undefined && !sameShape(kernel, w.slice(2))) {
    throw wrongAttribute(node, 'kernel_shape', `is ${renderShape(kernel)}, but W is ${renderShape(w)}`);
  }
}

function convolutionOf(x: ConcreteType, w: ConcreteType, attributes: Attributes): Convolution {
  return {
    window: windowOf(x.shape.slice(2), w.shape.slice(2), attributes),
    samples: x.shape[0]!,
    channels: x.shape[1]!,
    filters: w.shape[0]!,
    groups: integer(attributes, 'group', 1),
  };
}

/** The forward attributes with auto_pad resolved, for the backward nodes. */
function resolved(context: GradientContext): Attributes {
  const { node, type } = context;
  const [x, w] = [type(inputOf(context, 0)).shape, type(inputOf(context, 1)).shape];
  const window = windowOf(x.slice(2) as readonly number[], w.slice(2) as readonly number[], node.attributes);
  return { ...resolvedAttributes(window), group: integer(node.attributes, 'group', 1) };
}
