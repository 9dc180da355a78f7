import type { Attributes, Node } from '../graph.ts';
import { wrongAttribute } from './refuse.ts';

/** Readers of attributes whose kind the graph builder has checked; a missing one takes the operator's default. */
export function integer(attributes: Attributes, name: string, missing: number): number {
  return (attributes[name] as number | undefined) ?? missing;
}

export const real = integer;

export function integers(attributes: Attributes, name: string): readonly number[] | undefined {
  return attributes[name] as readonly number[] | undefined;
}

export function text(attributes: Attributes, name: string, missing: string): string {
  return (attributes[name] as string | undefined) ?? missing;
}

/** An axis counted from the front; ONNX lets −1 mean the last. */
export function axisOf(
  node: Pick<Node, 'name' | 'op'>,
  axis: number,
  rank: number,
  options: { readonly attribute?: string; readonly end?: boolean } = {},
): number {
  const limit = options.end === true ? rank + 1 : rank;
  const counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= limit) {
    throw wrongAttribute(node, options.attribute ?? 'axis', `is ${axis}, but the input has ${rank} axes`);
  }
  return counted;
}

/** Distinct axes counted from the front, ascending. */
export function axesOf(node: Pick<Node, 'name' | 'op'>, axes: readonly number[], rank: number): number[] {
  const counted = axes.map((axis) => axisOf(node, axis, rank, { attribute: 'axes' })).sort((a, b) => a - b);
  if (new Set(counted).size !== counted.length) {
    throw wrongAttribute(node, 'axes', `names an axis twice: [${axes.join(', ')}]`);
  }
  return counted;
}
