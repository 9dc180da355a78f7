import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Ceil. */
export const ceil: Operation = unary({
  value: Math.ceil,
  gradient: 'zero',
});
