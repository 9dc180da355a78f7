import type { SpecOf } from './layer.ts';
import { addUp, merge } from './merge.ts';

/** Element-wise mean. */
export const average = merge<SpecOf<'average'>>('several', (graph, values) =>
  graph.add('Mul', [addUp(graph, values), graph.scalar(1 / values.length)]),
);
