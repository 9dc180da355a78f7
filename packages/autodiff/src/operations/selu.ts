import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Selu: gamma · x where x > 0, else gamma · alpha · (e^x − 1). The gradient there is dy · (y + gamma · alpha). */
export const selu: Operation = unary({
  value: (x, attributes) => {
    const { alpha, gamma } = scales(attributes);
    return gamma * (x > 0 ? x : alpha * Math.expm1(x));
  },
  attributes: { alpha: 'real', gamma: 'real' },
  gradient: ({ graph, node }, dy, x, y) => {
    const { alpha, gamma } = scales(node.attributes);
    const below = graph.add('Add', [y, graph.scalar(gamma * alpha)]);
    const positive = graph.add('Greater', [x, graph.scalar(0)]);
    return graph.add('Mul', [dy, graph.add('Where', [positive, graph.scalar(gamma), below])]);
  },
});

/** Klambauer et al., Self-Normalizing Neural Networks (2017), rounded to float32 as in ONNX. */
function scales(attributes: Attributes): { readonly alpha: number; readonly gamma: number } {
  return {
    alpha: real(attributes, 'alpha', Math.fround(1.6732632)),
    gamma: real(attributes, 'gamma', Math.fround(1.050701)),
  };
}
