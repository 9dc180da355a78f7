import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Sub. */
export const sub: Operation = binary({
  value: (a, b) => a - b,
  integer: (a, b) => a - b,
  gradient: { a: (_, dy) => dy, b: ({ graph }, dy) => graph.add('Neg', [dy]) },
});
