import type { GraphBuilder, ValueName } from '@descent/autodiff';
import { elementCount } from '@descent/tensors';
import { sumOfLast } from './reduce.ts';

/** The root has no slope at 0; a distance below 10⁻⁶ has none here. */
const smallest = 1e-12;

/** Squared Euclidean distance of two embeddings [batch, ...shape]: [batch]. */
export function squaredDistance(
  graph: GraphBuilder,
  a: ValueName,
  b: ValueName,
  shape: readonly number[],
): ValueName {
  const difference = graph.add('Sub', [a, b]);
  const flat =
    shape.length === 1
      ? difference
      : graph.add('Reshape', [difference, graph.integers([-1, elementCount(shape)])]);
  return sumOfLast(graph, graph.add('Mul', [flat, flat]));
}

export function root(graph: GraphBuilder, squared: ValueName): ValueName {
  return graph.add('Sqrt', [graph.add('Max', [squared, graph.scalar(smallest)])]);
}

/** Embeddings are compared element by element, so they have one shape. */
export function sameShapes(shapes: readonly (readonly number[])[]): boolean {
  return shapes.every((shape) => shape.join() === shapes[0]!.join());
}
