import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { tensorOf } from '../rules/numbers.ts';

/** ONNX Shape: the sizes of the axes from `start` (0) up to `end` (all) as an int64 vector, read at run time. */
export const shape: Operation = {
  inputs: [{ name: 'data', dtypes: 'any' }],
  attributes: { start: 'integer', end: 'integer' },
  shape: ({ node, inputs: [data] }) => [
    { dtype: 'int64', shape: [shapeRead(data!.shape, node.attributes).length] },
  ],
  evaluate: ([data], attributes, [type]) => [
    tensorOf(type!, Float64Array.from(shapeRead(data!.shape, attributes))),
  ],
  gradient: 'zero',
  flops: () => 0,
};

/** The axes that the node reads; bounds count from the end where negative and are clamped. */
export function shapeRead<Size>(sizes: readonly Size[], attributes: Attributes): readonly Size[] {
  return sizes.slice(integer(attributes, 'start', 0), integer(attributes, 'end', sizes.length));
}
