import type { Operation } from '../operation.ts';
import { comparison } from '../rules/element-wise.ts';

/** ONNX Greater. */
export const greater: Operation = comparison((a, b) => a > b);
