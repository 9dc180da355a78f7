import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Abs. Its gradient at 0 is 0. */
export const abs: Operation = unary({
  value: Math.abs,
  integer: (x) => (x < 0n ? -x : x),
  gradient: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Sign', [x])]),
});
