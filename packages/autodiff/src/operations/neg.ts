import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Neg: −x. */
export const neg: Operation = unary({
  value: (x) => -x,
  integer: (x) => -x,
  dtypes: 'signed',
  gradient: ({ graph }, dy) => graph.add('Neg', [dy]),
});
