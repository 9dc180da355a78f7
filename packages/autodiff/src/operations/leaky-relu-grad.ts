import type { Operation } from '../operation.ts';
import { real } from '../rules/attributes.ts';
import { binary } from '../rules/element-wise.ts';

/** Gradient of `LeakyRelu`, from dY and X: dY where X > 0, else alpha (0.01) · dY. Both have one shape. */
export const leakyReluGrad: Operation = binary({
  value: (dy, x, attributes) => (x > 0 ? dy : real(attributes, 'alpha', 0.01) * dy),
  attributes: { alpha: 'real' },
  gradient: 'decompose',
  body: ({ graph, node }, dy, x) => {
    const [one, alpha] = [graph.scalar(1), graph.scalar(real(node.attributes, 'alpha', 0.01))];
    const positive = graph.add('Greater', [x, graph.scalar(0)]);
    return graph.add('Mul', [dy, graph.add('Where', [positive, one, alpha])]);
  },
  dtypes: 'float',
});
