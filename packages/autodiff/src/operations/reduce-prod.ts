import type { Operation } from '../operation.ts';
import { expandLike } from '../rules/broadcast.ts';
import { reduction } from '../rules/reduction.ts';

/**
 * ONNX ReduceProd. The gradient by an element is dy · the product of the others: the product of all that are not 0,
 * divided by the element unless it is 0, where none of the others is 0; else 0. No division by 0 at any number of zeros.
 */
export const reduceProd: Operation = reduction({
  value: (elements) => elements.reduce((product, element) => product * element, 1),
  integer: (elements) => elements.reduce((product, element) => BigInt.asIntN(64, product * element), 1n),
  gradient: ({ graph }, dy, x, _, axes) => {
    const [zero, one] = [graph.scalar(0), graph.scalar(1)];
    const isZero = graph.add('Equal', [x, zero]);
    const divisors = graph.add('Where', [isZero, one, x]);
    const product = graph.add('ReduceProd', [divisors], { axes, keepdims: 1 });
    const marks = graph.add('Cast', [isZero], { to: 'float32' });
    const zeros = graph.add('ReduceSum', [marks, graph.integers(axes)], { keepdims: 1 });
    const alone = graph.add('Equal', [zeros, marks]);
    const others = graph.add('Where', [alone, graph.add('Div', [product, divisors]), zero]);
    return expandLike(graph, graph.add('Mul', [dy, others]), x);
  },
});
