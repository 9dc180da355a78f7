import type { Operation } from '../operation.ts';
import { expandLike } from '../rules/broadcast.ts';
import { asFloat, backTo, reduction, sumOf, sumOverAxes } from '../rules/reduction.ts';

/** ONNX ReduceLogSum: the logarithm of the sum. The gradient is dy ÷ e^y. */
export const reduceLogSum: Operation = reduction({
  value: (elements) => Math.log(sumOf(elements)),
  gradient: ({ graph }, dy, x, y) => expandLike(graph, graph.add('Div', [dy, graph.add('Exp', [y()])]), x),
  body: (context, x) => {
    const sum = sumOverAxes(context, asFloat(context, x));
    return backTo(context, context.graph.add('Log', [sum]), x);
  },
});
