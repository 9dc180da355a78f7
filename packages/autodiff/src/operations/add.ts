import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Add. */
export const add: Operation = binary({
  value: (a, b) => a + b,
  integer: (a, b) => a + b,
  gradient: { a: (_, dy) => dy, b: (_, dy) => dy },
});
