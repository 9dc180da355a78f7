import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Not. */
export const not: Operation = unary({
  value: (x) => (x === 0 ? 1 : 0),
  gradient: 'zero',
  dtypes: 'bool',
});
