import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** ONNX Equal. */
export const equal: Operation = binary({
  value: (a, b) => (a === b ? 1 : 0),
  gradient: 'zero',
  dtypes: 'any',
  result: 'bool',
});
