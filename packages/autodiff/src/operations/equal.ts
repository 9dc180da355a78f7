import type { Operation } from '../operation.ts';
import { comparison } from '../rules/element-wise.ts';

/** ONNX Equal, of numbers and of bool. */
export const equal: Operation = comparison((a, b) => a === b, 'any');
