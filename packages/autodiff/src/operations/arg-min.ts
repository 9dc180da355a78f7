import type { Operation } from '../operation.ts';
import { argExtreme } from '../rules/arg-extreme.ts';

/** ONNX ArgMin. */
export const argMin: Operation = argExtreme((candidate, best) => candidate < best);
