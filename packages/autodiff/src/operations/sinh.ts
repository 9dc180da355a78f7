import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Sinh. */
export const sinh: Operation = unary({
  value: Math.sinh,
  gradient: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Cosh', [x])]),
});
