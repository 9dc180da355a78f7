import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Floor. */
export const floor: Operation = unary({
  value: Math.floor,
  gradient: 'zero',
});
