import type { PredictRequest } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { parse } from 'csv-parse/sync';
import { parseJson } from './read-job-file.ts';

/**
 * What a model is asked about: a CSV table with a header (numbers are numbers, an empty cell is a missing value), or
 * JSON: a list of rows, `{ "rows": … }` or `{ "inputs": … }`.
 * @throws DescentError FILE_NOT_JSON, REQUEST_INVALID
 */
export function readRows(text: string, name: string): PredictRequest {
  return name.toLowerCase().endsWith('.csv') ? { rows: readTable(text, name) } : readRequest(text, name);
}

function readRequest(text: string, name: string): PredictRequest {
  const json = parseJson(text, name);
  if (Array.isArray(json)) return { rows: json as Record<string, unknown>[] };
  return json as PredictRequest;
}

function readTable(text: string, name: string): Record<string, unknown>[] {
  try {
    const rows = parse(text, { bom: true, columns: true, skip_empty_lines: true, trim: true }) as Record<
      string,
      string
    >[];
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, readCell(cell)])),
    );
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'is no CSV table';
    throw new DescentError('REQUEST_INVALID', { path: name, problem }, { cause });
  }
}

function readCell(cell: string): string | number | null {
  if (cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : cell;
}
