import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX LeakyRelu: x where x > 0, else alpha (0.01) · x. At 0 the gradient is alpha. */
export const leakyRelu: Operation = unary({
  value: (x, attributes) => (x > 0 ? x : real(attributes, 'alpha', 0.01) * x),
  attributes: { alpha: 'real' },
  gradient: ({ graph, node }, dy, x) =>
    graph.add('LeakyReluGrad', [dy, x], { alpha: real(node.attributes, 'alpha', 0.01) }),
});
