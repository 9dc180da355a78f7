import type { SpecOf } from './layer.ts';
import { merge } from './merge.ts';

/** The first minus the second. */
export const subtract = merge<SpecOf<'subtract'>>([2, 2], (graph, values) => graph.add('Sub', values));
