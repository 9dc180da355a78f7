import { renderShape, sameDim } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axesOf } from '../rules/attributes.ts';
import { integersOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { relabel } from '../rules/relabel.ts';

/** ONNX Squeeze: drops the given axes of size 1; without `axes`, all of them. */
export const squeeze: Operation = relabel({
  attributes: {},
  more: [{ name: 'axes', dtypes: 'index', presence: 'optional' }],
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const given = context.constant(1);
    if (context.inputs[1] !== undefined && given === undefined) {
      throw mismatch(context, 'the axes must be a constant');
    }
    const axes =
      given === undefined
        ? shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
        : axesOf(context.node, integersOf(given), shape.length);
    for (const axis of axes) {
      if (!sameDim(shape[axis], 1)) {
        throw mismatch(context, `axis ${axis} of ${renderShape(shape)} is not 1 and cannot be dropped`);
      }
    }
    return [{ dtype, shape: shape.filter((_, axis) => !axes.includes(axis)) }];
  },
});
