import { broadcastShapes, type Shape, sameShape } from '../dim.ts';
import type { Graph, Node, ValueName } from '../graph.ts';
import type { OperationName } from '../operations/index.ts';
import { integersOf, numbers } from '../rules/numbers.ts';
import { type Replacement, type RewriteContext, type Rule, rewrite } from './rewrite.ts';

/** Rules that hold for the numbers an engine computes as well, up to the sign of zero. */
export function applyIdentities(graph: Graph): Graph {
  return rewrite(graph, (node, context) => {
    for (const rule of [...(rules[node.op] ?? []), broadcastScalars]) {
      const replacement = rule(node, context);
      if (replacement !== undefined) return replacement;
    }
    return undefined;
  });
}

const rules: Partial<Record<OperationName, readonly Rule[]>> = {
  Identity: [({ inputs }) => ({ value: inputs[0]! })],
  Cast: [sameType],
  Expand: [sameType],
  Reshape: [sameType, reshapeOfReshape],
  Flatten: [sameType, reshapeOfReshape],
  Squeeze: [sameType],
  Unsqueeze: [sameType],
  Transpose: [transposeOfTranspose],
  Neg: [negOfNeg],
  Add: [neutral(1, 0), neutral(0, 0)],
  Sub: [neutral(1, 0)],
  Mul: [neutral(1, 1), neutral(0, 1)],
  Div: [neutral(1, 1)],
  Pow: [neutral(1, 1)],
};

/** A change of shape or dtype that changes neither. */
function sameType(node: Node, { type }: RewriteContext): Replacement | undefined {
  const [from, to] = [type(node.inputs[0]!), type(node.outputs[0]!)];
  return from.dtype === to.dtype && sameShape(from.shape, to.shape) ? { value: node.inputs[0]! } : undefined;
}

/** x ∘ c = x where the constant in place `position` is all c and does not broadcast x. */
function neutral(position: 0 | 1, value: number): Rule {
  return (node, { type, constant }) => {
    const other = node.inputs[1 - position]!;
    const known = constant(node.inputs[position]!);
    if (known === undefined || !numbers(known).every((element) => element === value)) return undefined;
    return sameShape(type(other).shape, type(node.outputs[0]!).shape) ? { value: other } : undefined;
  };
}

function negOfNeg(node: Node, { producer }: RewriteContext): Replacement | undefined {
  const inner = producer(node.inputs[0]!);
  return inner?.op === 'Neg' ? { value: inner.inputs[0]! } : undefined;
}

/** Two orders of axes are one; none where they undo each other. */
function transposeOfTranspose(node: Node, { producer, type }: RewriteContext): Replacement | undefined {
  const perm = permOf(node, type(node.inputs[0]!).shape);
  if (perm.every((axis, index) => axis === index)) return { value: node.inputs[0]! };
  const inner = producer(node.inputs[0]!);
  if (inner?.op !== 'Transpose') return undefined;
  const before = permOf(inner, type(inner.inputs[0]!).shape);
  const attributes = { perm: perm.map((axis) => before[axis]!) };
  return { node: { op: 'Transpose', inputs: inner.inputs, attributes } };
}

function permOf({ attributes }: Node, shape: Shape): readonly number[] {
  return (
    (attributes.perm as readonly number[] | undefined) ?? shape.map((_, axis) => shape.length - 1 - axis)
  );
}

const relabels: readonly string[] = ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'];

/** The last change of shape alone decides: back to the first shape it is none. */
function reshapeOfReshape(node: Node, { producer, type, constant }: RewriteContext): Replacement | undefined {
  const inner = producer(node.inputs[0]!);
  if (inner === undefined || !relabels.includes(inner.op)) return undefined;
  const source = inner.inputs[0]!;
  if (sameShape(type(source).shape, type(node.outputs[0]!).shape)) return { value: source };
  if (node.op === 'Flatten') return undefined;
  const target = constant(node.inputs[1]!);
  // A 0 in the shape stands for an axis of the value in between.
  if (target === undefined || integersOf(target).includes(0)) return undefined;
  return { node: { op: 'Reshape', inputs: [source, node.inputs[1]!], attributes: {} } };
}

/** Which inputs broadcast by themselves, so that expanding them first is wasted work. */
const broadcasting: Partial<Record<OperationName, 'all' | 'first'>> = {
  Add: 'all',
  Sub: 'all',
  Mul: 'all',
  Div: 'all',
  Pow: 'all',
  Where: 'all',
  Equal: 'all',
  Greater: 'all',
  GreaterOrEqual: 'all',
  Less: 'all',
  LessOrEqual: 'all',
  Max: 'all',
  Min: 'all',
  Mod: 'all',
  Sum: 'all',
  SoftmaxCrossEntropyLossGrad: 'first',
};

/** Op(Expand(x), y) = Op(x, y) where the shape of the result stays: the seed of a gradient is never materialised. */
function broadcastScalars(node: Node, { producer, type }: RewriteContext): Replacement | undefined {
  const kind = broadcasting[node.op];
  if (kind === undefined) return undefined;
  for (const [index, value] of node.inputs.entries()) {
    if (kind === 'first' && index > 0) return undefined;
    const inner = producer(value);
    if (inner?.op !== 'Expand') continue;
    const inputs = node.inputs.with(index, inner.inputs[0]!);
    if (kind === 'all' && !keepsShape(inputs, node, type)) continue;
    return { node: { op: node.op, inputs, attributes: node.attributes } };
  }
  return undefined;
}

function keepsShape(inputs: readonly ValueName[], node: Node, type: RewriteContext['type']): boolean {
  const shape = inputs
    .map((value) => type(value).shape)
    .reduce<Shape | undefined>((common, each) => common && broadcastShapes(common, each), []);
  return shape !== undefined && sameShape(shape, type(node.outputs[0]!).shape);
}
