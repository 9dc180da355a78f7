import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Atan. The gradient is dy ÷ (1 + x²). */
export const atan: Operation = unary({
  value: Math.atan,
  gradient: ({ graph }, dy, x) =>
    graph.add('Div', [dy, graph.add('Add', [graph.add('Mul', [x, x]), graph.scalar(1)])]),
});
