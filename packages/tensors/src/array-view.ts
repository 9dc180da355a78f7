import { type ArrayOf, type Dtype, dtypes } from './dtype.ts';

type View<D extends Dtype> = (buffer: ArrayBufferLike, byteOffset: number, length: number) => ArrayOf[D];

const views: { readonly [D in Dtype]: View<D> } = {
  float32: (buffer, byteOffset, length) => new Float32Array(buffer, byteOffset, length),
  float64: (buffer, byteOffset, length) => new Float64Array(buffer, byteOffset, length),
  int32: (buffer, byteOffset, length) => new Int32Array(buffer, byteOffset, length),
  int64: (buffer, byteOffset, length) => new BigInt64Array(buffer, byteOffset, length),
  uint8: (buffer, byteOffset, length) => new Uint8Array(buffer, byteOffset, length),
  bool: (buffer, byteOffset, length) => new Uint8Array(buffer, byteOffset, length),
};

/**
 * `length` elements of `bytes` from `offset`, as a view on the same memory; a copy only where the element size
 * does not divide the address (JavaScript has no unaligned views).
 */
export function arrayView<D extends Dtype>(
  dtype: D,
  bytes: Uint8Array,
  offset: number,
  length: number,
): ArrayOf[D] {
  const size = dtypes[dtype].bytes;
  const address = bytes.byteOffset + offset;
  if (address % size === 0) return views[dtype](bytes.buffer, address, length);
  // The slice of a Buffer would be a view again, on a pool that begins elsewhere.
  const copy = Uint8Array.prototype.slice.call(bytes, offset, offset + length * size);
  return views[dtype](copy.buffer, copy.byteOffset, length);
}

/** A new array of `length` zeros. */
export function arrayOf<D extends Dtype>(dtype: D, length: number): ArrayOf[D] {
  return views[dtype](new ArrayBuffer(length * dtypes[dtype].bytes), 0, length);
}

/** The memory of a typed array as bytes. `Buffer.from(array)` would convert every element instead. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
