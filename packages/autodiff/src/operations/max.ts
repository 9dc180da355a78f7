import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Max of two inputs. Where they are equal the gradient goes to the first. */
export const max: Operation = binary({
  value: Math.max,
  gradient: {
    a: ({ graph }, dy, a, b) => graph.add('Where', [graph.add('Less', [a, b]), graph.scalar(0), dy]),
    b: ({ graph }, dy, a, b) => graph.add('Where', [graph.add('Less', [a, b]), dy, graph.scalar(0)]),
  },
});
