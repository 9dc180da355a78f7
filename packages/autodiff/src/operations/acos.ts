import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Acos. The gradient, −dy ÷ √(1 − x²), is infinite at −1 and 1. */
export const acos: Operation = unary({
  value: Math.acos,
  gradient: ({ graph }, dy, x) => {
    const rest = graph.add('Sub', [graph.scalar(1), graph.add('Mul', [x, x])]);
    return graph.add('Neg', [graph.add('Div', [dy, graph.add('Sqrt', [rest])])]);
  },
});
