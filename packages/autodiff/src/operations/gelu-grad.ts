import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';
import { erf } from '../rules/error-function.ts';
import { cubic, isTanhApproximation, steepness } from '../rules/gelu.ts';

/** Gradient of `Gelu`, from dY and X: dY · (Φ(X) + X · Φ′(X)). Both have one shape. */
export const geluGrad: Operation = binary({
  value: (dy, x, attributes) => dy * slope(x, attributes),
  attributes: { approximate: 'text' },
  gradient: 'decompose',
  body: ({ graph, node }, dy, x) => {
    const slope = isTanhApproximation(node.attributes) ? tanhSlope(graph, x) : erfSlope(graph, x);
    return graph.add('Mul', [dy, slope]);
  },
  dtypes: 'float',
});

/** (1 + erf u) ÷ 2 + x · e^(−u² − ln √2π) with u = x ÷ √2: as few passes over memory as engines need. */
function erfSlope(graph: GraphBuilder, x: ValueName): ValueName {
  const u = graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)]);
  const share = graph.add('HardSigmoid', [graph.add('Erf', [u])], { alpha: 0.5, beta: 0.5 });
  const scale = graph.scalar(-Math.log(2 * Math.PI) / 2);
  const density = graph.add('Exp', [graph.add('Sub', [scale, graph.add('Mul', [u, u])])]);
  return graph.add('Add', [share, graph.add('Mul', [x, density])]);
}

/** (1 + tanh z) ÷ 2 is Sigmoid(2z) = s, so that the slope is s · (1 + (1 − s) · x · 2z′). */
function tanhSlope(graph: GraphBuilder, x: ValueName): ValueName {
  const one = graph.scalar(1);
  const square = graph.add('Mul', [x, x]);
  const line = (slope: number) =>
    graph.add('Mul', [
      x,
      graph.add('Add', [graph.add('Mul', [square, graph.scalar(slope)]), graph.scalar(2 * steepness)]),
    ]);
  const share = graph.add('Sigmoid', [line(2 * steepness * cubic)]);
  const bend = graph.add('Mul', [graph.add('Sub', [one, share]), line(6 * steepness * cubic)]);
  return graph.add('Mul', [share, graph.add('Add', [bend, one])]);
}

function slope(x: number, attributes: Attributes): number {
  if (!isTanhApproximation(attributes)) {
    return (1 + erf(x * Math.SQRT1_2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
  }
  const tanh = Math.tanh(steepness * (x + cubic * x ** 3));
  return (1 + tanh) / 2 + ((x * (1 - tanh * tanh)) / 2) * steepness * (1 + 3 * cubic * x * x);
}
