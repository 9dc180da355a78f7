import { elementCount } from '@descent/tensors';

/** Elements to skip per axis in row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1)
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/**
 * For each element of `shape` in row-major order, the offset that `strides` reach from `base`.
 * Transposing, broadcasting, slicing and reducing are this one walk with different strides.
 */
export function offsets(shape: readonly number[], strides: readonly number[], base = 0): Int32Array {
  const result = new Int32Array(elementCount(shape));
  const index = new Array<number>(shape.length).fill(0);
  let offset = base;
  for (let position = 0; position < result.length; position += 1) {
    result[position] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      offset += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** For each element of `to`, the offset of the element of `from` that is broadcast there. */
export function broadcastOffsets(from: readonly number[], to: readonly number[]): Int32Array {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return offsets(
    to,
    to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]!)),
  );
}

/** The position of a flat index along every axis. */
export function unravel(index: number, shape: readonly number[]): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % shape[axis]!);
}
