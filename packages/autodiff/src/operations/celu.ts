import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';
import { wrongAttribute } from '../rules/refuse.ts';

/** ONNX Celu: max(0, x) + min(0, alpha · (e^(x ÷ alpha) − 1)), alpha 1 and not 0. Below 0 the slope is y ÷ alpha + 1. */
export const celu: Operation = unary({
  value: (x, attributes) => {
    const alpha = real(attributes, 'alpha', 1);
    return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
  },
  attributes: { alpha: 'real' },
  check: ({ node }) => {
    if (real(node.attributes, 'alpha', 1) === 0) throw wrongAttribute(node, 'alpha', 'must not be 0');
  },
  gradient: ({ graph, node }, dy, x, y) => {
    const steepness = graph.scalar(1 / real(node.attributes, 'alpha', 1));
    const below = graph.add('Add', [graph.add('Mul', [y, steepness]), graph.scalar(1)]);
    const positive = graph.add('Greater', [x, graph.scalar(0)]);
    return graph.add('Mul', [dy, graph.add('Where', [positive, graph.scalar(1), below])]);
  },
});
