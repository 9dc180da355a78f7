import { elementCount } from '@descent/tensors';
import type { GradientRule, Operation } from '../operation.ts';
import { axisOf, integer } from './attributes.ts';
import { eachLane, lanesOf } from './lanes.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';

/**
 * log softmax over the elements at `offsets`, as a function of an offset. The largest is taken off first, so that
 * nothing overflows and scores far from 0 keep their digits.
 */
export function logSoftmaxOver(values: Float64Array, offsets: readonly number[]): (offset: number) => number {
  const largest = offsets.reduce((most, offset) => Math.max(most, values[offset]!), Number.NEGATIVE_INFINITY);
  const total = Math.log(offsets.reduce((sum, offset) => sum + Math.exp(values[offset]! - largest), 0));
  return (offset) => values[offset]! - largest - total;
}

/** Softmax and LogSoftmax differ in the last step only. */
export function softmaxAlongAxis(
  value: (logProbability: number) => number,
  gradient: GradientRule,
): Operation {
  return {
    inputs: [{ name: 'input', dtypes: 'float' }],
    attributes: { axis: 'integer' },
    shape: ({ node, inputs: [input] }) => {
      axisOf(node, integer(node.attributes, 'axis', -1), input!.shape.length);
      return [input!];
    },
    evaluate: ([input], attributes, [type]) => {
      const [values, out] = [numbers(input!), zeros(type!.shape)];
      eachLane(lanesOf(type!.shape, integer(attributes, 'axis', -1)), (offsets) => {
        const logs = logSoftmaxOver(values, offsets);
        for (const offset of offsets) out[offset] = value(logs(offset));
      });
      return [tensorOf(type!, out)];
    },
    gradient,
    // Maximum, subtraction, exponential, sum, division.
    flops: (_, [y]) => 5 * elementCount(y!.shape),
  };
}
