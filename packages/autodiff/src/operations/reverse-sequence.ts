import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { stridesOf } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, wrongAttribute } from '../rules/refuse.ts';

/**
 * ONNX ReverseSequence: of each sample along `batch_axis` (1), the first sequence_lens steps along `time_axis` (0) in
 * reverse, and the rest as they are.
 */
export const reverseSequence: Operation = {
  inputs: [
    { name: 'input', dtypes: 'any' },
    { name: 'sequence_lens', dtypes: 'index' },
  ],
  attributes: { batch_axis: 'integer', time_axis: 'integer' },
  shape: (context) => {
    const { node } = context;
    const [input, lengths] = [context.inputs[0]!, context.inputs[1]!];
    const { batchAxis, timeAxis } = axesOf(node.attributes);
    if (input.shape.length < 2)
      throw mismatch(context, `takes 2 axes or more, not ${renderShape(input.shape)}`);
    if (![0, 1].includes(batchAxis) || timeAxis !== 1 - batchAxis) {
      throw wrongAttribute(
        node,
        'time_axis',
        `is ${timeAxis} beside batch_axis ${batchAxis}: they are 0 and 1`,
      );
    }
    if (!sameShape(lengths.shape, [input.shape[batchAxis]!])) {
      throw mismatch(
        context,
        `takes one length per sample of ${renderShape(input.shape)} along axis ${batchAxis}, not ${renderShape(lengths.shape)}`,
      );
    }
    return [input];
  },
  evaluate: ([input, lengths], attributes, [type]) => {
    const { batchAxis, timeAxis } = axesOf(attributes);
    const strides = stridesOf(type!.shape);
    const [values, steps] = [numbers(input!), numbers(lengths!)];
    const at = (index: number, axis: number) => Math.floor(index / strides[axis]!) % type!.shape[axis]!;
    const out = values.map((value, index) => {
      const [time, length] = [at(index, timeAxis), steps[at(index, batchAxis)]!];
      return time < length ? values[index + (length - 1 - 2 * time) * strides[timeAxis]!]! : value;
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => [
    context.graph.add(
      'ReverseSequence',
      [outputGradient(context), inputOf(context, 1)],
      context.node.attributes,
    ),
    undefined,
  ],
  flops: () => 0,
};

function axesOf(attributes: Parameters<typeof integer>[0]) {
  return { batchAxis: integer(attributes, 'batch_axis', 1), timeAxis: integer(attributes, 'time_axis', 0) };
}
