import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Sign: −1, 0 or 1. */
export const sign: Operation = unary({
  value: Math.sign,
  integer: (x) => BigInt(Number(x > 0n) - Number(x < 0n)),
  gradient: 'zero',
});
