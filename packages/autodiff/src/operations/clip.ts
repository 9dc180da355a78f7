import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { bigints, integerTensor, isInteger } from '../rules/exact.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { sameDtypes, wrongInputs } from '../rules/refuse.ts';

/** ONNX Clip to [min, max], each optional. The gradient passes inside and on the bounds; the bounds get none. */
export const clip: Operation = {
  inputs: [
    { name: 'input', dtypes: 'number' },
    { name: 'min', dtypes: 'number', presence: 'optional' },
    { name: 'max', dtypes: 'number', presence: 'optional' },
  ],
  attributes: {},
  shape: (context) => {
    sameDtypes(context);
    if (context.inputs.slice(1).some((bound) => bound !== undefined && bound.shape.length > 0)) {
      throw wrongInputs(context.node, 'takes bounds that are scalars');
    }
    return [context.inputs[0]!];
  },
  evaluate: ([input, min, max], _, [type]) => {
    if (isInteger(type!.dtype)) {
      const [low, high] = [min, max].map((bound) => bound && bigints(bound)[0]!);
      const clipped = bigints(input!).map((element) => {
        const raised = low !== undefined && element < low ? low : element;
        return high !== undefined && raised > high ? high : raised;
      });
      return [integerTensor(type!, clipped)];
    }
    const low = min === undefined ? Number.NEGATIVE_INFINITY : numbers(min)[0]!;
    const high = max === undefined ? Number.POSITIVE_INFINITY : numbers(max)[0]!;
    return [
      tensorOf(
        type!,
        numbers(input!).map((value) => Math.min(Math.max(value, low), high)),
      ),
    ];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const x = inputOf(context, 0);
    const outside = [
      ...(node.inputs[1] ? [graph.add('Less', [x, node.inputs[1]])] : []),
      ...(node.inputs[2] ? [graph.add('Greater', [x, node.inputs[2]])] : []),
    ];
    if (outside.length === 0) return [outputGradient(context)];
    const cut = outside.reduce((either, test) => graph.add('Or', [either, test]));
    return [graph.add('Where', [cut, graph.scalar(0), outputGradient(context)])];
  },
  flops: (_, [y]) => elementCount(y!.shape),
};
