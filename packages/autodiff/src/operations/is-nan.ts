import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX IsNaN. */
export const isNan: Operation = unary({
  value: (x) => (Number.isNaN(x) ? 1 : 0),
  gradient: 'zero',
  result: 'bool',
});
