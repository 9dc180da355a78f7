import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX HardSwish: x · HardSigmoid(x) with alpha 1 ÷ 6 and beta 0.5. */
export const hardSwish: Operation = unary({
  value: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  gradient: 'decompose',
  body: ({ graph }, x) => graph.add('Mul', [x, graph.add('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 })]),
});
