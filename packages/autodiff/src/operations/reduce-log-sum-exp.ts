import type { Operation } from '../operation.ts';
import { reduction } from '../rules/reduction.ts';

/**
 * ONNX ReduceLogSumExp: the logarithm of the sum of exponentials. The largest is taken off first, so that nothing
 * overflows. The gradient is dy · e^(x − y).
 */
export const reduceLogSumExp: Operation = reduction({
  value: (elements) => {
    const largest = elements.reduce((most, element) => Math.max(most, element));
    if (!Number.isFinite(largest)) return largest;
    return largest + Math.log(elements.reduce((sum, element) => sum + Math.exp(element - largest), 0));
  },
  gradient: ({ graph }, dy, x, y) => graph.add('Mul', [dy, graph.add('Exp', [graph.add('Sub', [x, y()])])]),
  flops: 3,
});
