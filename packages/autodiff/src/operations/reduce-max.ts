import type { Operation } from '../operation.ts';
import { reduction } from '../rules/reduction.ts';

/** ONNX ReduceMax. Of equal maxima the first, in row-major order, gets the gradient. */
export const reduceMax: Operation = reduction({
  value: (elements) => elements.reduce((largest, element) => Math.max(largest, element)),
  integer: (elements) => elements.reduce((largest, element) => (element > largest ? element : largest)),
  dtypes: 'number',
  gradient: ({ graph }, dy, x, y, axes) => graph.add('ReduceMaxGrad', [dy, x, y()], { axes }),
});
