import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Shrink: x + bias (0) where x < −lambd (0.5), x − bias where x > lambd, else 0. */
export const shrink: Operation = unary({
  value: (x, attributes) => {
    const [bias, lambd] = [real(attributes, 'bias', 0), real(attributes, 'lambd', 0.5)];
    if (x < -lambd) return x + bias;
    return x > lambd ? x - bias : 0;
  },
  attributes: { bias: 'real', lambd: 'real' },
  gradient: 'decompose',
  body: ({ graph, node }, x) => {
    const bias = graph.scalar(real(node.attributes, 'bias', 0));
    const lambd = real(node.attributes, 'lambd', 0.5);
    const above = graph.add('Where', [
      graph.add('Greater', [x, graph.scalar(lambd)]),
      graph.add('Sub', [x, bias]),
      graph.scalar(0),
    ]);
    const below = graph.add('Less', [x, graph.scalar(-lambd)]);
    return graph.add('Where', [below, graph.add('Add', [x, bias]), above]);
  },
});
