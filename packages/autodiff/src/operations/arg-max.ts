import type { Operation } from '../operation.ts';
import { argExtreme } from '../rules/arg-extreme.ts';

/** ONNX ArgMax. */
export const argMax: Operation = argExtreme((candidate, best) => candidate > best);
