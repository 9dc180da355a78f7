import { elementCount } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { integer, real } from '../rules/attributes.ts';
import { reshapeLike } from '../rules/broadcast.ts';
import { fixedOrRefuse } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

function settings(attributes: Attributes) {
  return {
    size: integer(attributes, 'size', 1),
    alpha: real(attributes, 'alpha', 0.0001),
    beta: real(attributes, 'beta', 0.75),
    bias: real(attributes, 'bias', 1),
  };
}

/**
 * ONNX LRN over the channels of [n, channels, ...]: X ÷ (bias + alpha ÷ size · Σ X²)^beta, the sum over `size` channels
 * around each, those that exist. Krizhevsky, Sutskever & Hinton (2012), section 3.3.
 */
export const lrn: Operation = {
  inputs: [{ name: 'X', dtypes: 'float' }],
  attributes: { alpha: 'real', beta: 'real', bias: 'real', size: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const { shape } = inputs[0]!;
    if (shape.length < 3)
      throw mismatch(context, `X is [n, channels, ...spatial], not ${renderShape(shape)}`);
    fixedOrRefuse(context, shape.slice(1), 'the channels and spatial axes');
    const size = node.attributes.size;
    if (size === undefined) throw wrongAttribute(node, 'size', 'is missing');
    if (Number(size) < 1 || Number(size) > 2 * Number(shape[1])) {
      throw wrongAttribute(node, 'size', `is ${size}, not 1 to twice the ${shape[1]} channels`);
    }
    return [inputs[0]!];
  },
  evaluate: ([x], attributes, [type]) => {
    const [values, out] = [numbers(x!), zeros(type!.shape)];
    const { size, alpha, beta, bias } = settings(attributes);
    const [channels, plane] = [x!.shape[1]!, elementCount(x!.shape.slice(2))];
    values.forEach((value, offset) => {
      const channel = Math.floor(offset / plane) % channels;
      const first = Math.max(0, channel - Math.floor((size - 1) / 2));
      const last = Math.min(channels - 1, channel + Math.ceil((size - 1) / 2));
      let squares = 0;
      for (let at = first; at <= last; at += 1) squares += values[offset + (at - channel) * plane]! ** 2;
      out[offset] = value / (bias + (alpha / size) * squares) ** beta;
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const x = node.inputs[0]!;
    const { size, alpha, beta, bias } = settings(node.attributes);
    const [channels, ...spatial] = type(x).shape.slice(1).map(Number) as [number, ...number[]];
    const square = graph.add('Mul', [x, x]);
    const image = graph.add('Reshape', [square, graph.integers([0, 1, channels, elementCount(spatial)])]);
    // The channels become rows of an image; a mean that counts the padding is the sum ÷ size. Zeros stand for the missing.
    const around = [Math.floor((size - 1) / 2), 0, Math.ceil((size - 1) / 2), 0];
    const padded = graph.add('Pad', [
      image,
      graph.integers([0, 0, ...around.slice(0, 2), 0, 0, ...around.slice(2)]),
    ]);
    const means = graph.add('AveragePool', [padded], { kernel_shape: [size, 1] });
    const scaled = graph.add('Mul', [reshapeLike(graph, means, x), graph.scalar(alpha)]);
    const base = graph.add('Add', [scaled, graph.scalar(bias)]);
    return [graph.add('Mul', [x, graph.add('Pow', [base, graph.scalar(-beta)])])];
  },
  flops: ([x], _, attributes) => (integer(attributes, 'size', 1) + 5) * elementCount(x!.shape),
};
