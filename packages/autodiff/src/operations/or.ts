import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Or. */
export const or: Operation = binary({
  value: (a, b) => a | b,
  gradient: 'zero',
  dtypes: 'bool',
});
