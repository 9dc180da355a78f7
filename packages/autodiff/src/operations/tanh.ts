import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Tanh. The gradient is dy · (1 − y²). */
export const tanh: Operation = unary({
  value: Math.tanh,
  gradient: ({ graph }, dy, _, y) =>
    graph.add('Mul', [dy, graph.add('Sub', [graph.scalar(1), graph.add('Mul', [y, y])])]),
});
