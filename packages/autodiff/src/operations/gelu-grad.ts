import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';
import { erf } from '../rules/error-function.ts';
import { isTanhApproximation, tanhOfGelu } from '../rules/gelu.ts';

/** Gradient of `Gelu`, from dY and X: dY · (Φ(X) + X · Φ′(X)). Both have one shape. */
export const geluGrad: Operation = binary({
  value: (dy, x, attributes) => dy * slope(x, attributes),
  attributes: { approximate: 'text' },
  gradient: 'decompose',
  body: ({ graph, node }, dy, x) => {
    const one = graph.scalar(1);
    if (!isTanhApproximation(node.attributes)) {
      // With u = x ÷ √2: (1 + erf u) ÷ 2 + u · e^(−u²) ÷ √π, where the last factor is moved into the exponent.
      const u = graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)]);
      const exponent = graph.add('Sub', [
        graph.scalar(Math.log(2 / Math.sqrt(Math.PI))),
        graph.add('Mul', [u, u]),
      ]);
      const bell = graph.add('Mul', [u, graph.add('Exp', [exponent])]);
      const twice = graph.add('Add', [graph.add('Add', [graph.add('Erf', [u]), bell]), one]);
      return graph.add('Mul', [graph.add('Mul', [dy, graph.scalar(0.5)]), twice]);
    }
    const c = Math.sqrt(2 / Math.PI);
    const tanh = tanhOfGelu(graph, x);
    // x · z′ for the argument z = c (x + 0.044715 x³) of tanh
    const square = graph.add('Mul', [x, x]);
    const inner = graph.add('Add', [
      graph.add('Mul', [square, graph.scalar(3 * 0.044715 * c)]),
      graph.scalar(c),
    ]);
    const steepness = graph.add('Sub', [one, graph.add('Mul', [tanh, tanh])]);
    const bell = graph.add('Mul', [graph.add('Mul', [x, inner]), steepness]);
    const twice = graph.add('Add', [graph.add('Add', [tanh, bell]), one]);
    return graph.add('Mul', [graph.add('Mul', [dy, graph.scalar(0.5)]), twice]);
  },
  dtypes: 'float',
});

function slope(x: number, attributes: Attributes): number {
  if (!isTanhApproximation(attributes)) {
    return (1 + erf(x * Math.SQRT1_2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  }
  const c = Math.sqrt(2 / Math.PI);
  const tanh = Math.tanh(c * (x + 0.044715 * x ** 3));
  return (1 + tanh) / 2 + ((x * (1 - tanh * tanh)) / 2) * c * (1 + 3 * 0.044715 * x * x);
}
