import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Log: the natural logarithm. */
export const log: Operation = unary({
  value: Math.log,
  gradient: ({ graph }, dy, x) => graph.add('Div', [dy, x]),
});
