import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Softplus: log(1 + e^x), computed so that a large x does not overflow. */
export const softplus: Operation = unary({
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: ({ graph }, dy, x) => graph.add('Mul', [dy, graph.add('Sigmoid', [x])]),
});
