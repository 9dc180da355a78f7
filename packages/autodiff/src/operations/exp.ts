import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Exp. */
export const exp: Operation = unary({
  value: Math.exp,
  gradient: ({ graph }, dy, _, y) => graph.add('Mul', [dy, y]),
});
