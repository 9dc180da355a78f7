import type { Operation } from '../operation.ts';
import { outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf, zeros } from '../rules/numbers.ts';
import { wrongInputs } from '../rules/refuse.ts';

/**
 * ONNX Dropout for inference: the data, and a mask of what was kept: all of it. Randomness is an input of a graph, never
 * drawn by a node, so training mode is refused where the ratio is not 0; multiply by a mask that is fed instead.
 */
export const dropout: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'ratio', dtypes: 'float', presence: 'optional' },
    { name: 'training_mode', dtypes: 'bool', presence: 'optional' },
  ],
  attributes: { seed: 'integer' },
  shape: (context) => {
    const { node, inputs } = context;
    const [ratio, training] = [context.constant(1), context.constant(2)];
    const off = inputs[2] === undefined || (training !== undefined && training.data[0] === 0);
    if (!off && (ratio === undefined || numbers(ratio)[0] !== 0)) {
      throw wrongInputs(node, 'draws nothing at random: training mode needs a mask that is fed');
    }
    const { dtype, shape } = inputs[0]!;
    return [
      { dtype, shape },
      { dtype: 'bool', shape },
    ];
  },
  evaluate: ([data], _, types) =>
    types.map((type, output) => (output === 0 ? data! : tensorOf(type, zeros(type.shape).fill(1)))),
  gradient: (context) => [outputGradient(context)],
  flops: () => 0,
};
