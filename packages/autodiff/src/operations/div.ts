import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';
import { refuseZeroDivisor } from '../rules/refuse.ts';

/** ONNX Div. Integers are truncated toward zero, and cannot be divided by 0. */
export const div: Operation = binary({
  value: (a, b) => a / b,
  integer: (a, b) => a / refuseZeroDivisor('Div', b),
  gradient: {
    a: ({ graph }, dy, _, b) => graph.add('Div', [dy, b]),
    b: ({ graph, node }, dy, _, b) =>
      graph.add('Neg', [graph.add('Div', [graph.add('Mul', [dy, node.outputs[0]!]), b])]),
  },
});
