import type { Operation } from '../operation.ts';
import { comparison } from '../rules/element-wise.ts';

/** ONNX LessOrEqual. */
export const lessOrEqual: Operation = comparison((a, b) => a <= b);
