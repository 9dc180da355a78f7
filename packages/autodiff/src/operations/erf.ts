import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';
import { erf as errorFunction } from '../rules/error-function.ts';

/** ONNX Erf: the error function. The gradient is dy · 2 ÷ √π · e^(−x²). */
export const erf: Operation = unary({
  value: errorFunction,
  gradient: ({ graph }, dy, x) => {
    const bell = graph.add('Exp', [graph.add('Neg', [graph.add('Mul', [x, x])])]);
    return graph.add('Mul', [dy, graph.add('Mul', [bell, graph.scalar(2 / Math.sqrt(Math.PI))])]);
  },
});
