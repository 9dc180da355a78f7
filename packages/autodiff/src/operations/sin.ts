import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Sin, of radians. */
export const sin: Operation = unary({
  value: Math.sin,
  gradient: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Cos', [x])]),
});
