import { dimOf, elementCountOf, renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { axisOf, integer } from '../rules/attributes.ts';
import { mismatch } from '../rules/refuse.ts';
import { relabel } from '../rules/relabel.ts';

/** ONNX Flatten: the axes before `axis` (1) become one, and those from it on another. */
export const flatten: Operation = relabel({
  attributes: { axis: 'integer' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    const axis = axisOf(context.node, integer(context.node.attributes, 'axis', 1), shape.length, {
      end: true,
    });
    const rows = dimOf(elementCountOf(shape.slice(0, axis)));
    const columns = dimOf(elementCountOf(shape.slice(axis)));
    if (rows === undefined || columns === undefined) {
      throw mismatch(context, `cannot flatten ${renderShape(shape)}: two batch axes do not merge`);
    }
    return [{ dtype, shape: [rows, columns] }];
  },
});
