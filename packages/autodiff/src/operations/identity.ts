import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Identity. */
export const identity: Operation = unary({
  value: (x) => x,
  integer: (x) => x,
  gradient: (_, dy) => dy,
  dtypes: 'any',
});
