import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Relu: max(0, x). Its gradient at 0 is 0. */
export const relu: Operation = unary({
  value: (x) => Math.max(0, x),
  gradient: ({ graph }, dy, _, y) => graph.add('ReluGrad', [dy, y]),
});
