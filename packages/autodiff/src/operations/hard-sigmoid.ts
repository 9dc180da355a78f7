import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX HardSigmoid: alpha (0.2) · x + beta (0.5), cut at 0 and 1. On the cuts the gradient is 0. */
export const hardSigmoid: Operation = unary({
  value: (x, attributes) => {
    const line = real(attributes, 'alpha', 0.2) * x + real(attributes, 'beta', 0.5);
    return Math.max(0, Math.min(1, line));
  },
  attributes: { alpha: 'real', beta: 'real' },
  gradient: ({ graph, node }, dy, _, y) => {
    const inside = graph.add('And', [
      graph.add('Greater', [y, graph.scalar(0)]),
      graph.add('Less', [y, graph.scalar(1)]),
    ]);
    const slope = graph.scalar(real(node.attributes, 'alpha', 0.2));
    return graph.add('Mul', [dy, graph.add('Where', [inside, slope, graph.scalar(0)])]);
  },
  body: ({ graph, node }, x) => {
    const alpha = graph.scalar(real(node.attributes, 'alpha', 0.2));
    const beta = graph.scalar(real(node.attributes, 'beta', 0.5));
    const line = graph.add('Add', [graph.add('Mul', [x, alpha]), beta]);
    return graph.add('Clip', [line, graph.scalar(0), graph.scalar(1)]);
  },
});
