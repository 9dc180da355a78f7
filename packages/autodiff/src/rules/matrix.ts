/** A matrix in flat memory; swapped strides are its transpose. */
export interface MatrixView {
  readonly values: Float64Array;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** out += a · b for a of m × k and b of k × n. */
export function multiplyInto(
  out: Float64Array,
  a: MatrixView,
  b: MatrixView,
  [m, k, n]: readonly [number, number, number],
  scale = 1,
): void {
  for (let row = 0; row < m; row += 1) {
    for (let inner = 0; inner < k; inner += 1) {
      const factor = scale * a.values[row * a.rowStride + inner * a.columnStride]!;
      for (let column = 0; column < n; column += 1) {
        out[row * n + column]! += factor * b.values[inner * b.rowStride + column * b.columnStride]!;
      }
    }
  }
}
