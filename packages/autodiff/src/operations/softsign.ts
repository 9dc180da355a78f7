import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Softsign: x ÷ (1 + |x|). The gradient is dy ÷ (1 + |x|)². */
export const softsign: Operation = unary({
  value: (x) => x / (1 + Math.abs(x)),
  gradient: ({ graph }, dy, x) => {
    const size = graph.add('Add', [graph.add('Abs', [x]), graph.scalar(1)]);
    return graph.add('Div', [dy, graph.add('Mul', [size, size])]);
  },
  body: ({ graph }, x) => graph.add('Div', [x, graph.add('Add', [graph.add('Abs', [x]), graph.scalar(1)])]),
});
