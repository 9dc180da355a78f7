import { elementCount } from '@descent/tensors';
import { renderShape, sameShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { inputOf } from '../rules/gradients.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch, sameDtype } from '../rules/refuse.ts';
import { reductionOf, type ScatterReduction, scatterGradient, scatterReductions } from '../rules/scatter.ts';
import { sliceOffsets } from '../rules/slices-at.ts';

/**
 * ONNX ScatterND (opset 18): data with the slice that each row along the last axis of the indices names replaced by,
 * or reduced with, the slice of the updates in that place. Without a `reduction` the rows must be distinct; where they
 * repeat, the last update stays here and ONNX leaves open which.
 */
export const scatterND: Operation = {
  inputs: [
    { name: 'data', dtypes: 'any' },
    { name: 'indices', dtypes: 'index' },
    { name: 'updates', dtypes: 'any' },
  ],
  attributes: { reduction: 'text' },
  shape: (context) => {
    const [data, indices, updates] = context.inputs.map((input) => input!.shape);
    sameDtype(context, 0, 2);
    reductionOf(context.node);
    const width = indices!.at(-1);
    if (typeof width !== 'number' || width < 1 || width > data!.length) {
      throw mismatch(
        context,
        `indices ${renderShape(indices!)} hold no rows that name axes of ${renderShape(data!)}`,
      );
    }
    const expected = [...indices!.slice(0, -1), ...data!.slice(width)];
    if (!sameShape(updates!, expected)) {
      throw mismatch(
        context,
        `updates ${renderShape(updates!)} belong in ${renderShape(expected)}: indices ${renderShape(indices!)} of ${renderShape(data!)}`,
      );
    }
    return [context.inputs[0]!];
  },
  evaluate: ([data, indices, updates], attributes, [type]) => {
    const [out, changes] = [Float64Array.from(numbers(data!)), numbers(updates!)];
    const size = elementCount(data!.shape.slice(indices!.shape.at(-1)!));
    const reduce = scatterReductions[(attributes.reduction as ScatterReduction | undefined) ?? 'none'];
    sliceOffsets('ScatterND', data!.shape, indices!, 0).forEach((into, row) => {
      for (let i = 0; i < size; i += 1) out[into + i] = reduce(out[into + i]!, changes[row * size + i]!);
    });
    return [tensorOf(type!, out)];
  },
  gradient: (context) => {
    const { graph } = context;
    const indices = inputOf(context, 1);
    return scatterGradient(context, {
      scatter: (data, updates, reduction) => graph.add('ScatterND', [data, indices, updates], { reduction }),
      gather: (data) => graph.add('GatherND', [data, indices]),
    });
  },
  flops: ([, , updates], _, { reduction = 'none' }) =>
    reduction === 'none' ? 0 : elementCount(updates!.shape),
};
