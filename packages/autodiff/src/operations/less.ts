import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Less. */
export const less: Operation = binary({
  value: (a, b) => (a < b ? 1 : 0),
  gradient: 'zero',
  result: 'bool',
});
