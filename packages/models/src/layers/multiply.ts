import type { SpecOf } from './layer.ts';
import { merge } from './merge.ts';

/** Element-wise product: a gate. */
export const multiply = merge<SpecOf<'multiply'>>('several', (graph, [first, ...others]) =>
  others.reduce((product, next) => graph.add('Mul', [product, next]), first),
);
