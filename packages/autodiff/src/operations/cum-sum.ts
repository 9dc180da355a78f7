import { elementCount } from '@descent/tensors';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { bigints, integerTensor, isInteger } from '../rules/exact.ts';
import { outputGradient } from '../rules/gradients.ts';
import { eachLane, lanesOf } from '../rules/lanes.ts';
import { integersOf, numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * ONNX CumSum along a constant axis: each element plus all before it (`exclusive`: without itself; `reverse`: all
 * after it). The gradient is the cumulative sum in the other direction.
 */
export const cumSum: Operation = {
  inputs: [
    { name: 'x', dtypes: 'signed' },
    { name: 'axis', dtypes: 'index' },
  ],
  attributes: { exclusive: 'integer', reverse: 'integer' },
  shape: (context) => {
    const given = context.constant(1);
    if (given === undefined) throw mismatch(context, 'the axis must be a constant');
    const [axis, ...more] = integersOf(given);
    if (axis === undefined || more.length > 0) throw mismatch(context, 'the axis must be one integer');
    axisOf(context.node, axis, context.inputs[0]!.shape.length);
    return [context.inputs[0]!];
  },
  evaluate: ([x, given], attributes, [type]) => {
    const [axis] = integersOf(given!);
    const order = {
      exclusive: integer(attributes, 'exclusive', 0),
      reverse: integer(attributes, 'reverse', 0),
    };
    const walk = (visit: (offset: number, before: number | undefined) => void) =>
      eachLane(lanesOf(type!.shape, axis!), (offsets) => {
        const lane = order.reverse === 0 ? offsets : offsets.toReversed();
        lane.forEach((offset, index) => {
          visit(offset, lane[index - 1]);
        });
      });
    if (isInteger(x!.dtype)) {
      const source = bigints(x!);
      const sums = new BigInt64Array(source.length);
      walk((offset, before) => {
        sums[offset] = source[offset]! + (before === undefined ? 0n : sums[before]!);
      });
      const out = order.exclusive === 0 ? sums : sums.map((sum, offset) => sum - source[offset]!);
      return [integerTensor(type!, out)];
    }
    const source = numbers(x!);
    const [sums, befores] = [new Float64Array(source.length), new Float64Array(source.length)];
    walk((offset, before) => {
      befores[offset] = before === undefined ? 0 : sums[before]!;
      sums[offset] = befores[offset]! + source[offset]!;
    });
    return [tensorOf(type!, order.exclusive === 0 ? sums : befores)];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const { exclusive = 0, reverse = 0 } = node.attributes;
    const attributes = { exclusive, reverse: reverse === 0 ? 1 : 0 };
    return [graph.add('CumSum', [outputGradient(context), node.inputs[1]!], attributes), undefined];
  },
  flops: ([x]) => elementCount(x!.shape),
};
