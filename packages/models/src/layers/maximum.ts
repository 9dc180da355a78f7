import type { SpecOf } from './layer.ts';
import { merge } from './merge.ts';

/** Element-wise maximum (ONNX Max). */
export const maximum = merge<SpecOf<'maximum'>>('several', (graph, values) => graph.add('Max', values));
