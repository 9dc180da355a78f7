import type { Operation } from '../operation.ts';
import { asFloat, backTo, reduction, sumOf, sumOverAxes } from '../rules/reduction.ts';

/** ONNX ReduceL2: the root of the sum of squares. The gradient is dy · x ÷ y, and 0 where y is 0. */
export const reduceL2: Operation = reduction({
  value: (elements) => Math.sqrt(sumOf(elements.map((element) => element * element))),
  gradient: ({ graph }, dy, x, restored) => {
    const y = restored();
    const isZero = graph.add('Equal', [y, graph.scalar(0)]);
    const divisor = graph.add('Where', [isZero, graph.scalar(1), y]);
    return graph.add('Mul', [graph.add('Div', [dy, divisor]), x]);
  },
  body: (context, x) => {
    const { graph } = context;
    const floats = asFloat(context, x);
    const norm = graph.add('Sqrt', [sumOverAxes(context, graph.add('Mul', [floats, floats]))]);
    return backTo(context, norm, x);
  },
  flops: 2,
});
