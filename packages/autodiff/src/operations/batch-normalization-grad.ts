import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import {
  alongChannels,
  channelOffsets,
  inverseRoot,
  momentsOver,
  otherThanChannels,
  perChannelOrRefuse,
  standardizedGradient,
} from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * Gradients of `BatchNormalization` in training by X, scale and B, from dY, X and scale. With x̂ the standardised X, per
 * channel: dX = scale · (dY − mean dY − x̂ · mean(dY · x̂)) ÷ σ, dScale = Σ dY · x̂, dB = Σ dY.
 */
export const batchNormalizationGrad: Operation = {
  inputs: [
    { name: 'dY', dtypes: 'float' },
    { name: 'X', dtypes: 'float' },
    { name: 'scale', dtypes: 'float' },
  ],
  attributes: { epsilon: 'real' },
  shape: (context) => {
    const [dy, x, scale] = context.inputs;
    if (!sameShape(dy!.shape, x!.shape) || x!.shape.length < 2) {
      throw mismatch(
        context,
        `dY ${renderShape(dy!.shape)} must have the shape of X ${renderShape(x!.shape)}`,
      );
    }
    perChannelOrRefuse(context, 2, 'scale', x!.shape[1]!);
    return [x!, scale!, scale!];
  },
  evaluate: ([dy, x, scale], attributes, types) => {
    const [upstream, values, scales] = [numbers(dy!), numbers(x!), numbers(scale!)];
    const epsilon = real(attributes, 'epsilon', 1e-5);
    const [dx, dScale, dB] = [zeros(x!.shape), zeros(scale!.shape), zeros(scale!.shape)];
    channelOffsets(x!.shape).forEach((offsets, channel) => {
      const { mean, variance } = momentsOver(values, offsets);
      const gradient = standardizedGradient(
        values,
        offsets,
        epsilon,
        (offset) => upstream[offset]! * scales[channel]!,
      );
      for (const offset of offsets) {
        dx[offset] = gradient(offset);
        dB[channel]! += upstream[offset]!;
        dScale[channel]! += (upstream[offset]! * (values[offset]! - mean)) / Math.sqrt(variance + epsilon);
      }
    });
    return types.map((type, index) => tensorOf(type, [dx, dScale, dB][index]!));
  },
  gradient: 'decompose',
  decompose: ({ graph, node, type }) => {
    const [dy, x, scale] = node.inputs as [string, string, string];
    const rank = type(x).shape.length;
    const axes = otherThanChannels(rank);
    const mean = (value: string) => graph.add('ReduceMean', [value], { axes, keepdims: 1 });
    const sum = (value: string) => graph.add('ReduceSum', [value, graph.integers(axes)], { keepdims: 0 });
    const centred = graph.add('Sub', [x, mean(x)]);
    const variance = mean(graph.add('Mul', [centred, centred]));
    const inverse = inverseRoot(graph, variance, real(node.attributes, 'epsilon', 1e-5));
    const standard = graph.add('Mul', [centred, inverse]);
    const product = graph.add('Mul', [dy, standard]);
    const straight = graph.add('Sub', [
      graph.add('Sub', [dy, mean(dy)]),
      graph.add('Mul', [standard, mean(product)]),
    ]);
    const factor = graph.add('Mul', [alongChannels(graph, scale, rank), inverse]);
    return [graph.add('Mul', [straight, factor]), sum(product), sum(dy)];
  },
  flops: (_, outputs) => 13 * elementCount(outputs[0]!.shape),
};
