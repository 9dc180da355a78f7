import type { Operation } from '../operation.ts';
import { unary } from '../rules/element-wise.ts';

/** ONNX Round: to the nearest integer, halves to the even one. */
export const round: Operation = unary({
  value: (x) => {
    const down = Math.floor(x);
    if (x - down !== 0.5) return Math.round(x);
    return down % 2 === 0 ? down : down + 1;
  },
  gradient: 'zero',
});
