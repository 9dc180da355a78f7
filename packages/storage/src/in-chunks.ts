/** Rows per statement: SQLite binds at most 32,766 values, and our widest bulk insert has 7 a row. */
const chunkRows = 1000;

export function* inChunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += chunkRows) yield rows.slice(start, start + chunkRows);
}
