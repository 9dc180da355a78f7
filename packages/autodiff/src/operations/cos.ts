import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Cos, of radians. */
export const cos: Operation = unary({
  value: Math.cos,
  gradient: ({ graph }, dy, x) => graph.add('Neg', [graph.add('Mul', [dy, graph.add('Sin', [x])])]),
});
