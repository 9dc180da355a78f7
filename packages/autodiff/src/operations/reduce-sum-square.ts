import type { Operation } from '../operation.ts';
import { reduction, sumOf, sumOverAxes } from '../rules/reduction.ts';

/** ONNX ReduceSumSquare: the sum of squares. */
export const reduceSumSquare: Operation = reduction({
  value: (elements) => sumOf(elements.map((element) => element * element)),
  integer: (elements) => elements.reduce((sum, element) => sum + element * element, 0n),
  gradient: ({ graph }, dy, x) => graph.add('Mul', [graph.add('Mul', [dy, graph.scalar(2)]), x]),
  body: (context, x) => sumOverAxes(context, context.graph.add('Mul', [x, x])),
  flops: 2,
});
