import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Asinh. The gradient is dy ÷ √(x² + 1). */
export const asinh: Operation = unary({
  value: Math.asinh,
  gradient: ({ graph }, dy, x) => {
    const square = graph.add('Add', [graph.add('Mul', [x, x]), graph.scalar(1)]);
    return graph.add('Div', [dy, graph.add('Sqrt', [square])]);
  },
});
