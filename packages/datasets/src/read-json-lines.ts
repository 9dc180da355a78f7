import { isUtf8 } from 'node:buffer';
import { DescentError } from '@descent/errors';
import { csvBytes } from './csv-bytes.ts';
import { shorten } from './learned-column.ts';
import type { TableFile } from './table.ts';
import type { RowValue } from './value-column.ts';
import { sampleRows, type ValueRow, valueTable } from './value-table.ts';

const maxLineBytes = 16 * 1024 ** 2;
const maxFields = 16_384;

type JsonRow = Readonly<Record<string, RowValue>>;

/**
 * JSON Lines (UTF-8, gzip too): one flat object per line. Columns are the fields of the first 1000 objects, in the order
 * in which they first occur; a field that an object lacks, or null, is missing. Arrays of numbers become tensors.
 * Throws JSON_LINE_INVALID, TEXT_INVALID, DATA_EMPTY; while reading CELL_INVALID, DATA_TOO_LARGE.
 */
export async function openJsonLines(path: string): Promise<TableFile> {
  const names = new Set<string>();
  let sampled = 0;
  for await (const { row, object } of objects(path)) {
    for (const name of Object.keys(object)) names.add(name);
    if (names.size > maxFields) {
      throw invalid(row, `the objects have more than ${maxFields} fields`);
    }
    if (++sampled === sampleRows) break;
  }
  if (names.size === 0) throw new DescentError('DATA_EMPTY', { part: 'the file' });
  const order = [...names];

  async function* rows(): AsyncGenerator<ValueRow> {
    for await (const { row, object } of objects(path)) {
      const unknown = Object.keys(object).find((name) => !names.has(name));
      if (unknown !== undefined) {
        throw invalid(row, `field "${shorten(unknown)}" is in none of the first ${sampleRows} objects`);
      }
      yield { row, values: order.map((name) => (Object.hasOwn(object, name) ? object[name] : undefined)) };
    }
  }
  return valueTable(order, rows);
}

async function* objects(path: string): AsyncGenerator<{ row: number; object: JsonRow }> {
  let row = 0;
  for await (const { bytes, offset } of lines(path)) {
    row++;
    if (!isUtf8(bytes))
      throw new DescentError('TEXT_INVALID', { offset, problem: `line ${row} is not UTF-8` });
    const text = bytes.toString('utf8');
    if (text.trim() === '') continue;
    let object: unknown;
    try {
      object = JSON.parse(text);
    } catch (cause) {
      throw invalid(row, 'it is not JSON; every line must be one whole object', cause);
    }
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      throw invalid(row, 'it is not an object');
    }
    for (const [name, value] of Object.entries(object)) {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        throw invalid(row, `field "${shorten(name)}" is an object; only flat objects make rows`);
      }
    }
    yield { row, object: object as JsonRow };
  }
}

async function* lines(path: string): AsyncGenerator<{ bytes: Buffer; offset: number }> {
  let parts: Buffer[] = [];
  let length = 0;
  let offset = 0;
  let row = 1;
  for await (const { bytes } of csvBytes(path, 'utf-8')) {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const line = Buffer.concat([...parts, bytes.subarray(from, end)]);
      yield { bytes: line, offset };
      offset += line.byteLength + 1;
      parts = [];
      length = 0;
      from = end + 1;
      row++;
    }
    parts.push(bytes.subarray(from));
    length += bytes.byteLength - from;
    if (length > maxLineBytes) throw invalid(row, `it is longer than ${maxLineBytes} bytes`);
  }
  if (length > 0) yield { bytes: Buffer.concat(parts), offset };
}

function invalid(line: number, problem: string, cause?: unknown): DescentError {
  return new DescentError('JSON_LINE_INVALID', { line, problem }, { cause });
}
