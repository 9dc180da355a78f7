import type { Dtype, Tensor } from '@descent/tensors';
import type { ConcreteType } from '../operation.ts';

/** Integers are computed without rounding: double precision ends at 2⁵³, an int64 does not. */
export function isInteger(dtype: Dtype): boolean {
  return dtype === 'int64' || dtype === 'int32' || dtype === 'uint8';
}

/** The elements of an integer tensor. */
export function bigints({ data }: Tensor): BigInt64Array {
  return data instanceof BigInt64Array ? data : BigInt64Array.from(data, (value) => BigInt(value));
}

/** An integer or bool tensor of the given type; what does not fit wraps around, as it does in engines. */
export function integerTensor({ dtype, shape }: ConcreteType, values: BigInt64Array): Tensor {
  switch (dtype) {
    case 'int64':
      return { dtype, shape, data: values };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))) };
    case 'uint8':
      return { dtype, shape, data: Uint8Array.from(values, (value) => Number(BigInt.asUintN(8, value))) };
    case 'bool':
      return { dtype, shape, data: Uint8Array.from(values, (value) => (value === 0n ? 0 : 1)) };
    case 'float32':
    case 'float64':
      throw new TypeError(`${dtype} holds no integers`);
    default:
      return dtype satisfies never;
  }
}
