import { renderShape } from '../dim.ts';
import type { Operation } from '../operation.ts';
import { integer } from '../rules/attributes.ts';
import { dtypeOrRefuse } from '../rules/dtypes.ts';
import { tensorOf, zeros } from '../rules/numbers.ts';
import { mismatch } from '../rules/refuse.ts';

/** ONNX EyeLike: a matrix of the input's shape with ones on the diagonal `k` (0) and zeros elsewhere; `dtype` by name. */
export const eyeLike: Operation = {
  inputs: [{ name: 'input', dtypes: 'any' }],
  attributes: { dtype: 'text', k: 'integer' },
  shape: (context) => {
    const { dtype, shape } = context.inputs[0]!;
    if (shape.length !== 2) throw mismatch(context, `takes a matrix, not ${renderShape(shape)}`);
    return [{ dtype: dtypeOrRefuse(context.node, 'dtype', dtype), shape }];
  },
  evaluate: (_, attributes, [type]) => {
    const [rows, columns] = type!.shape as readonly [number, number];
    const [out, k] = [zeros(type!.shape), integer(attributes, 'k', 0)];
    for (let row = Math.max(0, -k); row < rows && row + k < columns; row += 1)
      out[row * columns + row + k] = 1;
    return [tensorOf(type!, out)];
  },
  gradient: 'zero',
  flops: () => 0,
};
