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

/** tanh(√(2 ÷ π) · (x + 0.044715 x³)), as x · (a + b x²): one pass fewer. */
export function tanhOfGelu(graph: GraphBuilder, x: ValueName): ValueName {
  const slope = Math.sqrt(2 / Math.PI);
  const cubic = graph.add('Mul', [graph.add('Mul', [x, x]), graph.scalar(slope * 0.044715)]);
  return graph.add('Tanh', [graph.add('Mul', [x, graph.add('Add', [cubic, graph.scalar(slope)])])]);
}
