import type { Attributes, ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { ShapeContext } from '../operation.ts';
import { text } from './attributes.ts';
import { wrongAttribute } from './refuse.ts';

export function isTanhApproximation(attributes: Attributes): boolean {
  return text(attributes, 'approximate', 'none') === 'tanh';
}

export function approximationOrRefuse({ node }: ShapeContext): void {
  if (['none', 'tanh'].includes(text(node.attributes, 'approximate', 'none'))) return;
  throw wrongAttribute(node, 'approximate', 'must be none or tanh');
}

/** Of the approximation x · (1 + tanh z) ÷ 2 with z = √(2 ÷ π) · (x + 0.044715 x³): Hendrycks & Gimpel (2016). */
export const steepness = Math.sqrt(2 / Math.PI);
export const cubic = 0.044715;

/** tanh z, with z as x · (a + b x²): one pass fewer. */
export function tanhOfGelu(graph: GraphBuilder, x: ValueName): ValueName {
  const bend = graph.add('Mul', [graph.add('Mul', [x, x]), graph.scalar(steepness * cubic)]);
  return graph.add('Tanh', [graph.add('Mul', [x, graph.add('Add', [bend, graph.scalar(steepness)])])]);
}
