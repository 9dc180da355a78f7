import { parse } from 'csv-parse/browser/esm/sync';

/** The service answers so many rows at once. */
const mostRows = 1000;

/**
 * Rows of a CSV file, column → value: numbers as numbers, an empty field as missing.
 * @throws Error that says what is wrong with the file
 */
export function csvRows(text: string): Record<string, unknown>[] {
  const rows = parse(text, {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    delimiter: delimiterOf(text),
  }) as Record<string, string>[];
  if (rows.length === 0) throw new Error('The file has no rows below its header.');
  if (rows.length > mostRows)
    throw new Error(`The file has ${rows.length} rows; up to ${mostRows} are answered at once.`);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, field]) => [name, cellOf(field)])),
  );
}

/** The first line decides. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split('\n', 1);
  const count = (character: string) => header.split(character).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

function cellOf(field: string): string | number | null {
  if (field === '') return null;
  const number = Number(field);
  return Number.isFinite(number) ? number : field;
}
