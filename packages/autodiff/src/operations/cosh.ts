import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Cosh. */
export const cosh: Operation = unary({
  value: Math.cosh,
  gradient: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Sinh', [x])]),
});
