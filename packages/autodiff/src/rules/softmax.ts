import { elementCount } from '@descent/tensors';
import type { GradientRule, Operation } from '../operation.ts';
import { axisOf, integer } from './attributes.ts';
import { eachLane, lanesOf } from './lanes.ts';
import { numbers, tensorOf, zeros } from './numbers.ts';

/** log Σ exp of the elements at `offsets`, shifted by the largest so that nothing overflows. */
export function logSumExp(values: Float64Array, offsets: readonly number[]): number {
  const largest = offsets.reduce((most, offset) => Math.max(most, values[offset]!), Number.NEGATIVE_INFINITY);
  return largest + Math.log(offsets.reduce((sum, offset) => sum + Math.exp(values[offset]! - largest), 0));
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
        const total = logSumExp(values, offsets);
        for (const offset of offsets) out[offset] = value(values[offset]! - total);
      });
      return [tensorOf(type!, out)];
    },
    gradient,
    // Maximum, subtraction, exponential, sum, division.
    flops: (_, [y]) => 5 * elementCount(y!.shape),
  };
}
