import type { Operation } from '../operation.ts';
import { binary } from '../rules/element-wise.ts';

/** Gradient of `Relu`, from dY and Relu's output Y: dY where Y > 0, else 0. Both have one shape. */
export const reluGrad: Operation = binary({
  value: (dy, y) => (y > 0 ? dy : 0),
  gradient: 'first-order-only',
  dtypes: 'float',
});
