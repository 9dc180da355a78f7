import type { SpecOf } from './layer.ts';
import { merge } from './merge.ts';

/** Element-wise minimum (ONNX Min). */
export const minimum = merge<SpecOf<'minimum'>>('several', (graph, values) => graph.add('Min', values));
