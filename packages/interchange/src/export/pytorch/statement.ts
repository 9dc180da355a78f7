import { countOf, type Dim, type Node, type Shape, type ValueType } from '@descent/autodiff';
import type { Tensor } from '@descent/tensors';

/** What an operation sees of its node while it is written in Python. */
export interface Statement {
  readonly node: Node;
  /** Expression of an input; undefined where it is left out. */
  input(index: number): string | undefined;
  inputType(index: number): ValueType;
  outputType(index?: number): ValueType;
  constant(index: number): Tensor | undefined;
}

/** Python expressions, one per output of the node; undefined: PyTorch has no words for this form of the operation. */
export type Translation = (statement: Statement) => string | readonly string[] | undefined;

export function required(statement: Statement, index: number): string {
  return statement.input(index)!;
}

export function sizes(shape: Shape): readonly (string | number)[] {
  return shape.map(size);
}

function size(dim: Dim): string | number {
  if (typeof dim === 'number') return dim;
  const { coefficient } = countOf(dim);
  return coefficient === 1 ? 'batch' : `${coefficient} * batch`;
}

export function numbersOf(tensor: Tensor): readonly number[] {
  return Array.from(tensor.data as Iterable<number | bigint>, Number);
}

/** Constants of the graph that must be known now: axes, shapes, widths. */
export function constantNumbers(statement: Statement, index: number): readonly number[] | undefined {
  const tensor = statement.constant(index);
  return tensor && numbersOf(tensor);
}

export function integerAttribute({ node }: Statement, name: string, missing: number): number {
  return (node.attributes[name] as number | undefined) ?? missing;
}

export function listAttribute({ node }: Statement, name: string): readonly number[] | undefined {
  return node.attributes[name] as readonly number[] | undefined;
}

export function textAttribute({ node }: Statement, name: string, missing: string): string {
  return (node.attributes[name] as string | undefined) ?? missing;
}

/** Axes counted from the front. */
export function countedAxes(axes: readonly number[], rank: number): readonly number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}
