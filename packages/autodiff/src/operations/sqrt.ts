import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Sqrt. Its gradient, dy ÷ 2y, is infinite at 0. */
export const sqrt: Operation = unary({
  value: Math.sqrt,
  gradient: ({ graph }, dy, _, y) => graph.add('Div', [dy, graph.add('Mul', [y, graph.scalar(2)])]),
});
