import type { SpecOf } from './layer.ts';
import { addUp, merge } from './merge.ts';

/** Element-wise sum of values of one shape: the join of a residual connection. */
export const add = merge<SpecOf<'add'>>('several', addUp);
