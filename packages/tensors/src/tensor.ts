import type { ArrayOf, Dtype } from './dtype.ts';

/** A dense array in row-major order. `data.length` is the product of `shape`. The shape [] is a scalar. */
export interface Tensor<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: ArrayOf[D];
}

export function tensor<D extends Dtype>(dtype: D, shape: readonly number[], data: ArrayOf[D]): Tensor<D> {
  if (data.length !== elementCount(shape)) {
    throw new RangeError(`${data.length} elements do not fill shape [${shape.join(', ')}]`);
  }
  return { dtype, shape, data };
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
