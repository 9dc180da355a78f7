import { elementCount } from '@descent/tensors';
import { renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { integer, real } from '../rules/attributes.ts';
import { groupsNormalized } from '../rules/group-normalization.ts';
import { fixedOrRefuse, momentsOver, perChannelOrRefuse, runs } from '../rules/normalization.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

/**
 * ONNX GroupNormalization (opset 21): the channels of each sample of [n, channels, ...] are standardised in `num_groups`
 * groups, then scaled and shifted per channel. Wu & He (2018).
 */
export const groupNormalization: Operation = {
  inputs: [
    { name: 'X', dtypes: 'float' },
    { name: 'scale', dtypes: 'float' },
    { name: 'bias', dtypes: 'float' },
  ],
  attributes: { epsilon: 'real', num_groups: 'integer', stash_type: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const { shape } = inputs[0]!;
    if (shape.length < 2) throw mismatch(context, `X is [n, channels, ...], not ${renderShape(shape)}`);
    fixedOrRefuse(context, shape.slice(1), 'the channels and spatial axes');
    const groups = node.attributes.num_groups;
    if (groups === undefined) throw wrongAttribute(node, 'num_groups', 'is missing');
    if (!(Number(groups) >= 1) || Number(shape[1]) % Number(groups) !== 0) {
      throw wrongAttribute(
        node,
        'num_groups',
        `is ${groups}, which does not divide the ${shape[1]} channels`,
      );
    }
    if (integer(node.attributes, 'stash_type', 1) !== 1) {
      throw wrongAttribute(node, 'stash_type', 'must be 1, float32');
    }
    perChannelOrRefuse(context, 1, 'scale', shape[1]!);
    perChannelOrRefuse(context, 2, 'bias', shape[1]!);
    return [inputs[0]!];
  },
  evaluate: ([x, scale, bias], attributes, [type]) => {
    const [values, scales, shifts, out] = [numbers(x!), numbers(scale!), numbers(bias!), zeros(type!.shape)];
    const [epsilon, groups] = [real(attributes, 'epsilon', 1e-5), integer(attributes, 'num_groups', 1)];
    const plane = elementCount(x!.shape.slice(2));
    for (const offsets of runs(values.length, (scales.length / groups) * plane)) {
      const { mean, variance } = momentsOver(values, offsets);
      for (const offset of offsets) {
        const channel = Math.floor(offset / plane) % scales.length;
        const standard = (values[offset]! - mean) / Math.sqrt(variance + epsilon);
        out[offset] = standard * scales[channel]! + shifts[channel]!;
      }
    }
    return [tensorOf(type!, out)];
  },
  gradient: 'decompose',
  decompose: (context) => [groupsNormalized(context, integer(context.node.attributes, 'num_groups', 1))],
  flops: ([x]) => 8 * elementCount(x!.shape),
};
