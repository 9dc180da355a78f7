import { renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { broadcastOrRefuse, unbroadcast } from '../rules/broadcast.ts';
import { inputOf, outputGradient } from '../rules/gradients.ts';
import { broadcastOffsets } from '../rules/indexing.ts';
import { numbers, tensorOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX Expand: broadcasts the input with a shape; axes of 1 in the shape keep the input's size. */
export const expand: Operation = {
  inputs: [
    { name: 'input', dtypes: 'any' },
    { name: 'shape', dtypes: 'index' },
  ],
  attributes: {},
  shape: (context) => {
    const input = context.inputs[0]!;
    const target = context.shapeValue(1);
    if (target === undefined) throw mismatch(context, 'the shape must follow from shapes and constants');
    if (target.some((dim) => typeof dim === 'number' && dim < 0)) {
      throw mismatch(context, `${renderShape(target)} is no shape to expand to`);
    }
    return [{ dtype: input.dtype, shape: broadcastOrRefuse(context, [input.shape, target]) }];
  },
  evaluate: ([input], _, [type]) => {
    const values = numbers(input!);
    const from = broadcastOffsets(input!.shape, type!.shape);
    return [
      tensorOf(
        type!,
        Float64Array.from(from, (offset) => values[offset]!),
      ),
    ];
  },
  gradient: (context) => [
    unbroadcast(context.graph, outputGradient(context), context.type(inputOf(context, 0)).shape),
    undefined,
  ],
  flops: () => 0,
};
