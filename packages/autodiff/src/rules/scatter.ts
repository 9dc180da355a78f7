import type { Node, ValueName } from '../graph.ts';
import type { GradientContext } from '../operation.ts';
import { text } from './attributes.ts';
import { expandLike } from './broadcast.ts';
import { inputOf, outputGradient } from './gradients.ts';
import { wrongAttribute } from './refuse.ts';

/** How an update meets what is there: 'none' replaces it. */
export const scatterReductions = {
  none: (_: number, update: number) => update,
  add: (held: number, update: number) => held + update,
  mul: (held: number, update: number) => held * update,
  max: (held: number, update: number) => (update > held || Number.isNaN(update) ? update : held),
  min: (held: number, update: number) => (update < held || Number.isNaN(update) ? update : held),
} as const;

export type ScatterReduction = keyof typeof scatterReductions;

export function reductionOf(node: Pick<Node, 'name' | 'op' | 'attributes'>): ScatterReduction {
  const given = text(node.attributes, 'reduction', 'none');
  if (Object.hasOwn(scatterReductions, given)) return given as ScatterReduction;
  throw wrongAttribute(node, 'reduction', `must be one of ${Object.keys(scatterReductions).join(', ')}`);
}

/** The two directions of one indexing, for the same indices. */
export interface Indexing {
  scatter(data: ValueName, updates: ValueName, reduction: ScatterReduction): ValueName;
  gather(data: ValueName): ValueName;
}

/**
 * Gradients of a scatter by data and by updates. Indices that repeat: 'add' and 'mul' are exact. 'none' lets ONNX's
 * order open and asks for distinct indices; each update gets the whole gradient. For 'max' and 'min' the data wins a
 * tie, and equal updates share.
 */
export function scatterGradient(
  context: GradientContext,
  { scatter, gather }: Indexing,
): readonly (ValueName | undefined)[] {
  const { graph, needs, node } = context;
  const [data, updates, dy] = [inputOf(context, 0), inputOf(context, 2), outputGradient(context)];
  const zerosLike = (value: ValueName) => expandLike(graph, graph.scalar(0), value);
  const reduction = reductionOf(node);
  switch (reduction) {
    case 'none':
      return [
        needs[0] ? scatter(dy, zerosLike(updates), 'none') : undefined,
        undefined,
        needs[2] ? gather(dy) : undefined,
      ];
    case 'add':
      return [needs[0] ? dy : undefined, undefined, needs[2] ? gather(dy) : undefined];
    case 'mul':
      return productGradient(context, { scatter, gather });
    case 'max':
    case 'min': {
      const y = node.outputs[0]!;
      const held = graph.add('Equal', [data, y]);
      const zero = graph.scalar(0);
      const byData = needs[0] ? graph.add('Where', [held, dy, zero]) : undefined;
      if (!needs[2]) return [byData, undefined, undefined];
      const free = graph.add('Not', [graph.add('Equal', [gather(data), gather(y)])]);
      const won = graph.add('And', [graph.add('Equal', [updates, gather(y)]), free]);
      const winners = scatter(zerosLike(data), graph.add('Cast', [won], { to: 'float32' }), 'add');
      const share = graph.add('Div', [gather(dy), gather(winners)]);
      return [byData, undefined, graph.add('Where', [won, share, zero])];
    }
    default:
      return reduction satisfies never;
  }
}

/**
 * The derivative of a product by one factor is the product of the others: of all but the zeros, divided by the factor,
 * where no zero is among the others, and 0 where one is.
 */
function productGradient(
  { graph, node, needs, outputGradients }: GradientContext,
  { scatter, gather }: Indexing,
): readonly (ValueName | undefined)[] {
  const [data, , updates] = node.inputs as [ValueName, ValueName, ValueName];
  const [zero, one, dy] = [graph.scalar(0), graph.scalar(1), outputGradients[0]!];
  const isZero = (value: ValueName) => graph.add('Equal', [value, zero]);
  const counted = (value: ValueName) => graph.add('Cast', [isZero(value)], { to: 'float32' });
  const without = (value: ValueName) => graph.add('Where', [isZero(value), one, value]);
  const product = scatter(without(data), without(updates), 'mul');
  const zeros = scatter(counted(data), counted(updates), 'add');
  const back = (factor: ValueName, at: (value: ValueName) => ValueName) => {
    const others = graph.add('Sub', [at(zeros), counted(factor)]);
    const rest = graph.add('Div', [graph.add('Mul', [at(dy), at(product)]), without(factor)]);
    return graph.add('Where', [isZero(others), rest, zero]);
  };
  return [
    needs[0] ? back(data, (value) => value) : undefined,
    undefined,
    needs[2] ? back(updates, gather) : undefined,
  ];
}
