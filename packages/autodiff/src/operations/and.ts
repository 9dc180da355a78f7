import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX And. */
export const and: Operation = binary({
  value: (a, b) => a & b,
  gradient: 'zero',
  dtypes: 'bool',
});
