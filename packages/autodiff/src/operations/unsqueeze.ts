import type { Dim } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axesOf } from '../rules/attributes.ts';
import { integersOf } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';
import { relabel } from '../rules/relabel.ts';

/** ONNX Unsqueeze: inserts axes of size 1 at the given places of the result. */
export const unsqueeze: Operation = relabel({
  attributes: {},
  more: [{ name: 'axes', dtypes: 'index' }],
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const given = context.constant(1);
    if (given === undefined) throw mismatch(context, 'the axes must be a constant');
    const list = integersOf(given);
    const axes = axesOf(context.node, list, shape.length + list.length);
    const result: Dim[] = [...shape];
    for (const axis of axes) result.splice(axis, 0, 1);
    return [{ dtype, shape: result }];
  },
});
