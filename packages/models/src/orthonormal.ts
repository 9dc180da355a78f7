/**
 * Makes the rows of a matrix orthonormal, in place: Gram–Schmidt with each row projected twice, which leaves errors of
 * rounding size (Giraud, Langou & Rozložník 2005). Only + − × ÷ √, so the bits are the same everywhere.
 *
 * @param rows at most as many as they are long
 */
export function orthonormalize(rows: readonly Float64Array[]): void {
  rows.forEach((row, index) => {
    for (let pass = 0; pass < 2; pass += 1) {
      for (let earlier = 0; earlier < index; earlier += 1) subtractProjection(row, rows[earlier]!);
    }
    const length = Math.sqrt(dot(row, row));
    for (let i = 0; i < row.length; i += 1) row[i]! /= length;
  });
}

function subtractProjection(row: Float64Array, unit: Float64Array): void {
  const along = dot(row, unit);
  for (let i = 0; i < row.length; i += 1) row[i]! -= along * unit[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}
