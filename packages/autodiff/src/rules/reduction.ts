import type { Shape } from '../dim.ts';
import type { Node, ValueName } from '../graph.ts';
import type { GradientContext } from '../operation.ts';
import { axesOf, integer } from './attributes.ts';
import { expandLike } from './broadcast.ts';
import { inputOf } from './gradients.ts';
import { broadcastOffsets } from './indexing.ts';

/** Axes to reduce, counted from the front. None given means all of them. */
export function reducedAxes(
  node: Pick<Node, 'name' | 'op'>,
  axes: readonly number[] | undefined,
  rank: number,
): readonly number[] {
  if (axes === undefined || axes.length === 0) return Array.from({ length: rank }, (_, axis) => axis);
  return axesOf(node, axes, rank);
}

export function keepsDims({ attributes }: Pick<Node, 'attributes'>): boolean {
  return integer(attributes, 'keepdims', 1) !== 0;
}

export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  if (keep) return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** For each element of the input, the element of the result that it is reduced into. */
export function reductionOffsets(shape: readonly number[], axes: readonly number[]): Int32Array {
  return broadcastOffsets(
    shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
    shape,
  );
}

/** A value in the reduced shape, with the reduced axes put back as 1. */
export function restoreAxes(
  { graph, node }: GradientContext,
  value: ValueName,
  axes: readonly number[],
): ValueName {
  if (keepsDims(node) || axes.length === 0) return value;
  return graph.add('Unsqueeze', [value, graph.integers(axes)]);
}

/** The adjoint of a sum: every element that was summed gets the gradient of the sum. */
export function spread(context: GradientContext, value: ValueName, axes: readonly number[]): ValueName {
  // Leading axes come back by broadcasting alone.
  const leading = axes.every((axis, index) => axis === index);
  const restored = leading ? value : restoreAxes(context, value, axes);
  return expandLike(context.graph, restored, inputOf(context, 0));
}
