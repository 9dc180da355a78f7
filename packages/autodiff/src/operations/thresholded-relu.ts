import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX ThresholdedRelu: x where x > alpha (1), else 0. At alpha the gradient is 0. */
export const thresholdedRelu: Operation = unary({
  value: (x, attributes) => (x > real(attributes, 'alpha', 1) ? x : 0),
  attributes: { alpha: 'real' },
  gradient: 'decompose',
  body: ({ graph, node }, x) => {
    const above = graph.add('Greater', [x, graph.scalar(real(node.attributes, 'alpha', 1))]);
    return graph.add('Where', [above, x, graph.scalar(0)]);
  },
});
