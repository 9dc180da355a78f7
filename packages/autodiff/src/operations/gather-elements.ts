import { renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { expandLike } from '../rules/broadcast.ts';
import { elementOffsets, fitsInto } from '../rules/elements-along.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/**
 * ONNX GatherElements: element [i, j, k] of the result is data[indices[i, j, k], j, k] for `axis` (0) = 0. The indices
 * may be smaller than the data along the other axes. Gradients of an element that was taken twice add up.
 */
export const gatherElements: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'indices', dtypes: 'index' },
  ],
  attributes: { axis: 'integer' },
  shape: (context) => {
    const [data, indices] = [context.inputs[0]!, context.inputs[1]!];
    const axis = axisOf(context.node, integer(context.node.attributes, 'axis', 0), data.shape.length);
    if (!fitsInto(indices.shape, data.shape, axis)) {
      throw mismatch(
        context,
        `indices ${renderShape(indices.shape)} do not lie in data ${renderShape(data.shape)} beside axis ${axis}`,
      );
    }
    return [{ dtype: data.dtype, shape: indices.shape }];
  },
  evaluate: ([data, indices], attributes, [type]) => {
    const values = numbers(data!);
    const from = elementOffsets('GatherElements', data!.shape, indices!, integer(attributes, 'axis', 0));
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const [data, indices] = [inputOf(context, 0), inputOf(context, 1)];
    const empty = expandLike(graph, graph.scalar(0), data);
    const axis = integer(node.attributes, 'axis', 0);
    const inputs = [empty, indices, outputGradient(context)];
    return [graph.add('ScatterElements', inputs, { axis, reduction: 'add' }), undefined];
  },
  flops: () => 0,
};
