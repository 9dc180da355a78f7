import { type ArrayOf, type Dtype, elementCount, type Tensor } from '@descent/tensors';
import type { ConcreteType } from '../operation.ts';

/** A tensor's elements in double precision, for the reference evaluation. May share memory with the tensor. */
export function numbers({ data }: Tensor): Float64Array {
  if (data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array) return Float64Array.from(data, Number);
  return Float64Array.from(data);
}

/** A tensor of the given type from elements in double precision; integers are truncated toward zero. */
export function tensorOf(type: ConcreteType, values: Float64Array): Tensor {
  const make: { [D in Dtype]: () => ArrayOf[D] } = {
    float32: () => Float32Array.from(values),
    float64: () => values,
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
    uint8: () => Uint8Array.from(values),
    bool: () => Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
  };
  return { dtype: type.dtype, shape: type.shape, data: make[type.dtype]() };
}

export function zeros(shape: readonly number[]): Float64Array {
  return new Float64Array(elementCount(shape));
}

/** The integers of a constant: axes, shapes, bounds. */
export function integersOf(tensor: Tensor): number[] {
  return Array.from(numbers(tensor));
}

export function int64Scalar(value: number): Tensor {
  return { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) };
}
