import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Reciprocal: 1 ÷ x. The gradient is −dy · y². */
export const reciprocal: Operation = unary({
  value: (x) => 1 / x,
  gradient: ({ graph }, dy, _, y) => graph.add('Neg', [graph.add('Mul', [dy, graph.add('Mul', [y, y])])]),
});
