import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Atanh. The gradient, dy ÷ (1 − x²), is infinite at −1 and 1. */
export const atanh: Operation = unary({
  value: Math.atanh,
  gradient: ({ graph }, dy, x) =>
    graph.add('Div', [dy, graph.add('Sub', [graph.scalar(1), graph.add('Mul', [x, x])])]),
});
