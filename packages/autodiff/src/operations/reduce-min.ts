import type { Operation } from '../operation.ts';
import { reduction } from '../rules/reduction.ts';

/** ONNX ReduceMin. Of equal minima the first, in row-major order, gets the gradient. */
export const reduceMin: Operation = reduction({
  value: (elements) => elements.reduce((smallest, element) => Math.min(smallest, element)),
  integer: (elements) => elements.reduce((smallest, element) => (element < smallest ? element : smallest)),
  dtypes: 'number',
  gradient: ({ graph }, dy, x, y, axes) =>
    graph.add('ReduceMaxGrad', [dy, graph.add('Neg', [x]), graph.add('Neg', [y()])], { axes }),
});
