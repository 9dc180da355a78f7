import type { Operation } from '../operation.ts';
import { comparison } from '../rules/element-wise.ts';

/** ONNX Less. */
export const less: Operation = comparison((a, b) => a < b);
