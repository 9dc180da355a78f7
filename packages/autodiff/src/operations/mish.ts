import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Mish (opset 18): x · tanh(Softplus(x)). */
export const mish: Operation = unary({
  value: (x) => x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  gradient: 'decompose',
  body: ({ graph }, x) => graph.add('Mul', [x, graph.add('Tanh', [graph.add('Softplus', [x])])]),
});
