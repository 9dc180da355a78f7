import { elementCount } from '@descent/tensors';

/** A tensor cut along one axis: `outer` blocks of `size` slices of `inner` elements, in row-major order. */
export interface Lanes {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

export function lanesOf(shape: readonly number[], axis: number): Lanes {
  const at = axis < 0 ? axis + shape.length : axis;
  return {
    outer: elementCount(shape.slice(0, at)),
    size: shape[at]!,
    inner: elementCount(shape.slice(at + 1)),
  };
}

/** Calls `visit` with the offsets of each run of elements along the axis. */
export function eachLane({ outer, size, inner }: Lanes, visit: (offsets: readonly number[]) => void): void {
  for (let block = 0; block < outer; block += 1) {
    for (let lane = 0; lane < inner; lane += 1) {
      visit(Array.from({ length: size }, (_, index) => (block * size + index) * inner + lane));
    }
  }
}
