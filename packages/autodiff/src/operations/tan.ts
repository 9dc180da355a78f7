import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Tan, of radians. The gradient is dy · (1 + y²). */
export const tan: Operation = unary({
  value: Math.tan,
  gradient: ({ graph }, dy, _, y) =>
    graph.add('Mul', [dy, graph.add('Add', [graph.add('Mul', [y, y]), graph.scalar(1)])]),
});
