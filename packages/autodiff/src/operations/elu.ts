import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Elu: x where x > 0, else alpha (1) · (e^x − 1). The gradient is dy there, else dy · (y + alpha). */
export const elu: Operation = unary({
  value: (x, attributes) => (x > 0 ? x : real(attributes, 'alpha', 1) * Math.expm1(x)),
  attributes: { alpha: 'real' },
  gradient: ({ graph, node }, dy, x, y) => {
    const below = graph.add('Add', [y, graph.scalar(real(node.attributes, 'alpha', 1))]);
    const positive = graph.add('Greater', [x, graph.scalar(0)]);
    return graph.add('Mul', [dy, graph.add('Where', [positive, graph.scalar(1), below])]);
  },
});
