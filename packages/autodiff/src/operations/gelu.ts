import type { Attributes } from '../graph.ts';
import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';
import { erf } from '../rules/error-function.ts';
import { approximationOrRefuse, cubic, isTanhApproximation, steepness, tanhOfGelu } from '../rules/gelu.ts';

/** ONNX Gelu (opset 20): x · Φ(x), Φ the normal distribution; `approximate` is none (by Erf) or tanh. */
export const gelu: Operation = unary({
  value: (x, attributes) => x * share(x, attributes),
  attributes: { approximate: 'text' },
  check: approximationOrRefuse,
  gradient: ({ graph, node }, dy, x) => graph.add('GeluGrad', [dy, x], node.attributes),
  body: ({ graph, node }, x) => {
    const odd = isTanhApproximation(node.attributes)
      ? tanhOfGelu(graph, x)
      : graph.add('Erf', [graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
    const half = graph.add('Mul', [x, graph.scalar(0.5)]);
    return graph.add('Mul', [half, graph.add('Add', [odd, graph.scalar(1)])]);
  },
});

function share(x: number, attributes: Attributes): number {
  if (isTanhApproximation(attributes)) {
    return (1 + Math.tanh(steepness * (x + cubic * x ** 3))) / 2;
  }
  return (1 + erf(x * Math.SQRT1_2)) / 2;
}
