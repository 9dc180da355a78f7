import type { Dtype, Tensor } from '@descent/tensors';
import type { ElementArray } from '../engine.ts';
import type { TensorFlow, TfDtype, TfTensor } from './tensorflow.ts';

/** TensorFlow.js computes with three of our dtypes; int64 and uint8 become int32. float64 has none. */
export const tfDtypes = {
  float32: 'float32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'int32',
  bool: 'bool',
} as const satisfies Partial<Record<Dtype, TfDtype>>;

export type TfjsDtype = keyof typeof tfDtypes;

export function isTfjsDtype(dtype: Dtype): dtype is TfjsDtype {
  return Object.hasOwn(tfDtypes, dtype);
}

/**
 * The backend may keep a reference to the array instead of a copy: it must not change while the tensor lives.
 * Throws a RangeError for an int64 that an int32 cannot hold.
 */
export function upload(
  tf: TensorFlow,
  dtype: TfjsDtype,
  shape: readonly number[],
  array: ElementArray,
): TfTensor {
  return tf.tensor(narrowed(array, dtype), [...shape], tfDtypes[dtype]);
}

function narrowed(array: ElementArray, dtype: TfjsDtype): Float32Array | Int32Array | Uint8Array {
  if (array instanceof BigInt64Array) {
    return Int32Array.from(array, (value, index) => {
      const narrow = Number(BigInt.asIntN(32, value));
      if (BigInt(narrow) === value) return narrow;
      throw new RangeError(`element ${index} is ${value}, and TensorFlow.js has integers of 32 bits only`);
    });
  }
  return array instanceof Uint8Array && dtype === 'uint8' ? Int32Array.from(array) : array;
}

export function download(tensor: TfTensor, into: ElementArray): void {
  const values = tensor.dataSync();
  if (into instanceof BigInt64Array) {
    for (let i = 0; i < into.length; i += 1) into[i] = BigInt(values[i]!);
  } else into.set(values);
}

/** A value of the device on the host. Shares memory with nothing. */
export function fetched(tensor: TfTensor, { dtype, shape }: Pick<Tensor, 'dtype' | 'shape'>): Tensor {
  const values = tensor.dataSync();
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from(values) };
    case 'float64':
      return { dtype, shape, data: Float64Array.from(values) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(values) };
    case 'int64':
      return { dtype, shape, data: BigInt64Array.from(values, BigInt) };
    case 'uint8':
    case 'bool':
      return { dtype, shape, data: Uint8Array.from(values) };
    default:
      throw dtype satisfies never;
  }
}

/** For the reference evaluation, which computes float32 in double precision. */
export function inDouble(tensor: Tensor): Tensor {
  const { dtype, shape, data } = tensor;
  return data instanceof Float32Array && dtype === 'float32'
    ? { dtype: 'float64', shape, data: Float64Array.from(data) }
    : tensor;
}

/** A result of the reference evaluation, rounded. */
export function inSingle(tensor: Tensor): Tensor {
  const { shape, data } = tensor;
  return data instanceof Float64Array ? { dtype: 'float32', shape, data: Float32Array.from(data) } : tensor;
}
