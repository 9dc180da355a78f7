import type { ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** |x|^p */
export function powers(graph: GraphBuilder, x: ValueName, p: number): ValueName {
  if (p === 2) return graph.add('Mul', [x, x]);
  const size = graph.add('Abs', [x]);
  return p === 1 ? size : graph.add('Pow', [size, graph.scalar(p)]);
}

/** The p-th root of a sum of powers. */
export function root(graph: GraphBuilder, sum: ValueName, p: number): ValueName {
  if (p === 1) return sum;
  return p === 2 ? graph.add('Sqrt', [sum]) : graph.add('Pow', [sum, graph.scalar(1 / p)]);
}

/**
 * What a norm y hands to each of its elements, dy ÷ y^(p−1), before their own `slope`. A norm of 0, which has no
 * derivative, hands on 0.
 */
export function sharedByNorm(graph: GraphBuilder, dy: ValueName, y: ValueName, p: number): ValueName {
  if (p === 1) return dy;
  const isZero = graph.add('Equal', [y, graph.scalar(0)]);
  const divisor = graph.add('Where', [isZero, graph.scalar(1), y]);
  const power = p === 2 ? divisor : graph.add('Pow', [divisor, graph.scalar(p - 1)]);
  return graph.add('Where', [isZero, graph.scalar(0), graph.add('Div', [dy, power])]);
}

/** sign(x) · |x|^(p−1) */
export function slope(graph: GraphBuilder, x: ValueName, p: number): ValueName {
  if (p === 1) return graph.add('Sign', [x]);
  if (p === 2) return x;
  const size = graph.add('Abs', [x]);
  const power = p === 3 ? size : graph.add('Pow', [size, graph.scalar(p - 2)]);
  return graph.add('Mul', [x, power]);
}
