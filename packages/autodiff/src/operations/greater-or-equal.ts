import type { Operation } from '../operation.ts';
import { comparison } from '../rules/element-wise.ts';

/** ONNX GreaterOrEqual. */
export const greaterOrEqual: Operation = comparison((a, b) => a >= b);
