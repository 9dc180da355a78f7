import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Mul. */
export const mul: Operation = binary({
  value: (a, b) => a * b,
  integer: (a, b) => a * b,
  gradient: {
    a: ({ graph }, dy, _, b) => graph.add('Mul', [dy, b]),
    b: ({ graph }, dy, a) => graph.add('Mul', [dy, a]),
  },
});
