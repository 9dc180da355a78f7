import type { Operation } from '../operation.ts';
import { reduction, sumOf, sumOverAxes } from '../rules/reduction.ts';

/** ONNX ReduceL1: the sum of absolute values. At 0 the gradient is 0. */
export const reduceL1: Operation = reduction({
  value: (elements) => sumOf(elements.map(Math.abs)),
  integer: (elements) => elements.reduce((sum, element) => sum + (element < 0n ? -element : element), 0n),
  gradient: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Sign', [x])]),
  body: (context, x) => sumOverAxes(context, context.graph.add('Abs', [x])),
  flops: 2,
});
