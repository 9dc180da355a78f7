import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Min of two inputs. Where they are equal the gradient goes to the first. */
export const min: Operation = binary({
  value: Math.min,
  gradient: {
    a: ({ graph }, dy, a, b) => graph.add('Where', [graph.add('Greater', [a, b]), graph.scalar(0), dy]),
    b: ({ graph }, dy, a, b) => graph.add('Where', [graph.add('Greater', [a, b]), dy, graph.scalar(0)]),
  },
});
