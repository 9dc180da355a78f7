import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Xor. */
export const xor: Operation = binary({
  value: (a, b) => a ^ b,
  gradient: 'zero',
  dtypes: 'bool',
});
