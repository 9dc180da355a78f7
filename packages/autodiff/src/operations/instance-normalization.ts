import { elementCount } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { groupsNormalized } from '../rules/group-normalization.ts';
import { fixedOrRefuse, momentsOver, perChannelOrRefuse, runs } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * ONNX InstanceNormalization: each plane of [n, channels, ...spatial] is standardised by its own mean and variance, then
 * scaled and shifted per channel. Ulyanov, Vedaldi & Lempitsky (2016).
 */
export const instanceNormalization: Operation = {
  inputs: [
    { name: 'input', dtypes: 'float' },
    { name: 'scale', dtypes: 'float' },
    { name: 'B', dtypes: 'float' },
  ],
  attributes: { epsilon: 'real' },
  shape: (context) => {
    const { shape } = context.inputs[0]!;
    if (shape.length < 3)
      throw mismatch(context, `the input is [n, channels, ...spatial], not ${renderShape(shape)}`);
    fixedOrRefuse(context, shape.slice(1), 'the channels and spatial axes');
    perChannelOrRefuse(context, 1, 'scale', shape[1]!);
    perChannelOrRefuse(context, 2, 'B', shape[1]!);
    return [context.inputs[0]!];
  },
  evaluate: ([x, scale, b], attributes, [type]) => {
    const [values, scales, shifts, out] = [numbers(x!), numbers(scale!), numbers(b!), zeros(type!.shape)];
    const epsilon = real(attributes, 'epsilon', 1e-5);
    runs(values.length, elementCount(x!.shape.slice(2))).forEach((offsets, plane) => {
      const { mean, variance } = momentsOver(values, offsets);
      const channel = plane % scales.length;
      for (const offset of offsets) {
        const standard = (values[offset]! - mean) / Math.sqrt(variance + epsilon);
        out[offset] = standard * scales[channel]! + shifts[channel]!;
      }
    });
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: (context) => [groupsNormalized(context, Number(context.type(context.node.inputs[0]!).shape[1]))],
  flops: ([x]) => 8 * elementCount(x!.shape),
};
