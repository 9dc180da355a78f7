import type { ValueName } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { int64Scalar } from './numbers.ts';

/** 0, 1, … along an axis of a value, as an int64 vector. */
export function positionsAlong(graph: GraphBuilder, value: ValueName, axis: number): ValueName {
  const size = graph.type(value).shape[axis]!;
  if (typeof size === 'number') return graph.integers(Array.from({ length: size }, (_, place) => place));
  const length = graph.add('Shape', [value], { start: axis, end: axis + 1 });
  const limit = graph.add('Squeeze', [length, graph.integers([0])]);
  const [start, delta] = [0, 1].map((number) => graph.constant(int64Scalar(number)));
  return graph.add('Range', [start!, limit, delta!]);
}
