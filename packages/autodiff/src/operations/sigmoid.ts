import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Sigmoid: 1 ÷ (1 + e^−x). The gradient is dy · y · (1 − y). */
export const sigmoid: Operation = unary({
  value: (x) => 1 / (1 + Math.exp(-x)),
  gradient: ({ graph }, dy, _, y) =>
    graph.add('Mul', [graph.add('Mul', [dy, y]), graph.add('Sub', [graph.scalar(1), y])]),
});
