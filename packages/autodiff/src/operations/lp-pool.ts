import { elementCount } from '@descent/tensors';
import type { Attributes, Node, ValueName } from '../graph.ts';
import type { DecomposeContext, GradientContext, Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { outputGradient } from '../rules/gradients.ts';
import { powers, root, sharedByNorm, slope } from '../rules/lp-norm.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { planesOf, poolingOf, poolingOrRefuse, walkPooling } from '../rules/pooling.ts';
import { wrongAttribute } from '../rules/refuse.ts';
import { spatialShape, widenedPads, windowAttributes, windowOf } from '../rules/window.ts';

const orderOf = ({ attributes }: Pick<Node, 'attributes'>) => integer(attributes, 'p', 2);

/** ONNX LpPool (opset 18): the norm of order p ≥ 1 (2) of each window; padding adds nothing. */
export const lpPool: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: { ...windowAttributes, ceil_mode: 'integer', p: 'integer' },
  shape: (context) => {
    if (orderOf(context.node) < 1) throw wrongAttribute(context.node, 'p', 'must be at least 1');
    const window = poolingOrRefuse(context);
    return [{ dtype: 'float32', shape: spatialShape(context.inputs[0]!.shape, window.output) }];
  },
  evaluate: ([x], attributes, [type]) => {
    const [values, out, p] = [numbers(x!), zeros(type!.shape), orderOf({ attributes })];
    walkPooling(poolingOf(x!, attributes), planesOf(x!), (output, inputs) => {
      const sum = inputs.reduce((total, offset) => total + Math.abs(values[offset]!) ** p, 0);
      out[output] = sum ** (1 / p);
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node, type } = context;
    const [x, y, p] = [node.inputs[0]!, node.outputs[0]!, orderOf(node)];
    const { ones, attributes } = summing(context);
    const spread = graph.add('ConvInputGrad', [sharedByNorm(graph, outputGradient(context), y, p), ones], {
      ...attributes,
      input_shape: type(x).shape.slice(2) as readonly number[],
    });
    return [graph.add('Mul', [spread, slope(graph, x, p)])];
  },
  decompose: (context) => {
    const { graph, node } = context;
    const p = orderOf(node);
    const { ones, attributes } = summing(context);
    return [root(graph, graph.add('Conv', [powers(graph, node.inputs[0]!, p), ones], attributes), p)];
  },
  flops: (_, [y], attributes) =>
    2 * elementCount(y!.shape) * elementCount(attributes.kernel_shape as readonly number[]),
};

/** The sum over each window as a depthwise convolution with ones. */
function summing({ graph, node, type }: DecomposeContext | GradientContext): {
  readonly ones: ValueName;
  readonly attributes: Attributes;
} {
  const [channels, ...spatial] = type(node.inputs[0]!).shape.slice(1).map(Number) as [number, ...number[]];
  const window = windowOf(spatial, node.attributes.kernel_shape as readonly number[], node.attributes);
  const shape = [channels, 1, ...window.kernel];
  const data = new Float32Array(elementCount(shape)).fill(1);
  const { kernel, strides, dilations } = window;
  return {
    ones: graph.constant({ dtype: 'float32', shape, data }),
    attributes: { kernel_shape: kernel, strides, dilations, pads: widenedPads(window), group: channels },
  };
}
