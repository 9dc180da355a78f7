import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Greater. */
export const greater: Operation = binary({
  value: (a, b) => (a > b ? 1 : 0),
  gradient: 'zero',
  result: 'bool',
});
