import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { elementOffsets, fitsInto } from '../rules/elements-along.ts';
import { inputOf } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, sameDtype } from '../rules/refuse.ts';
import { reductionOf, type ScatterReduction, scatterGradient, scatterReductions } from '../rules/scatter.ts';

/**
 * ONNX ScatterElements (opset 18): data with the element [indices[i, j, k], j, k] (for `axis` 0) replaced by, or
 * reduced with, updates[i, j, k]. Without a `reduction` indices must be distinct; where they repeat, the last update
 * stays here and ONNX leaves open which.
 */
export const scatterElements: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'indices', dtypes: 'index' },
    { name: 'updates', dtypes: 'any' },
  ],
  attributes: { axis: 'integer', reduction: 'text' },
  shape: (context) => {
    const [data, indices, updates] = [context.inputs[0]!, context.inputs[1]!, context.inputs[2]!];
    sameDtype(context, 0, 2);
    reductionOf(context.node);
    const axis = axisOf(context.node, integer(context.node.attributes, 'axis', 0), data.shape.length);
    if (!sameShape(indices.shape, updates.shape)) {
      throw mismatch(
        context,
        `indices ${renderShape(indices.shape)} and updates ${renderShape(updates.shape)} differ in shape`,
      );
    }
    if (!fitsInto(indices.shape, data.shape, axis)) {
      throw mismatch(
        context,
        `indices ${renderShape(indices.shape)} do not lie in data ${renderShape(data.shape)} beside axis ${axis}`,
      );
    }
    return [data];
  },
  evaluate: ([data, indices, updates], attributes, [type]) => {
    const out = Float64Array.from(numbers(data!));
    const into = elementOffsets('ScatterElements', data!.shape, indices!, integer(attributes, 'axis', 0));
    const reduce = scatterReductions[(attributes.reduction as ScatterReduction | undefined) ?? 'none'];
    numbers(updates!).forEach((update, place) => {
      out[into[place]!] = reduce(out[into[place]!]!, update);
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph, node } = context;
    const indices = inputOf(context, 1);
    const axis = integer(node.attributes, 'axis', 0);
    return scatterGradient(context, {
      scatter: (data, updates, reduction) =>
        graph.add('ScatterElements', [data, indices, updates], { axis, reduction }),
      gather: (data) => graph.add('GatherElements', [data, indices], { axis }),
    });
  },
  flops: ([, , updates], _, { reduction = 'none' }) =>
    reduction === 'none' ? 0 : elementCount(updates!.shape),
};
