import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Acosh. The gradient, dy ÷ √(x² − 1), is infinite at 1. */
export const acosh: Operation = unary({
  value: Math.acosh,
  gradient: ({ graph }, dy, x) => {
    const rest = graph.add('Sub', [graph.add('Mul', [x, x]), graph.scalar(1)]);
    return graph.add('Div', [dy, graph.add('Sqrt', [rest])]);
  },
});
