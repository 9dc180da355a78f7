import { DescentError } from '@descent/errors';
import type { CsvDialect } from './csv-dialect.ts';

/** What the scanner found a cell to be. `integer` and `decimal` have their value already. */
export const cellKinds = { text: 0, integer: 1, decimal: 2, empty: 3, escaped: 4 } as const;

/** Cells of whole rows, row after row, as positions in `bytes`. Valid until the next call of the scanner. */
export interface CsvRows {
  readonly bytes: Buffer;
  readonly count: number;
  readonly width: number;
  /** Row numbers in the file, from 1. */
  readonly numbers: Float64Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** By `cellKinds`; `escaped` is a quoted cell with doubled quotes, `text` anything that needs a closer look. */
  readonly kinds: Uint8Array;
  /** Correctly rounded doubles of the integer and decimal cells. */
  readonly values: Float64Array;
}

export interface CsvScanner {
  /** Reads whole rows from `bytes` at `from`; `consumed` is where the next call must start. */
  scan(bytes: Buffer, from: number, last: boolean): { readonly rows: CsvRows; readonly consumed: number };
}

const cellCapacity = 128 * 1024;
/** Up to 15 digits and powers up to 10^22 are exact doubles, so one division rounds correctly (Clinger 1990). */
const exactDigits = 15;
const powers = Float64Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent);
const [newline, carriageReturn] = [10, 13];

/**
 * Cuts UTF-8 bytes into rows of `width` cells (RFC 4180; line ends LF, CRLF or CR; blank lines are skipped) and reads
 * plain numbers on the way, touching every byte once. A `ragged` scanner takes rows of any
 * width up to `width`; `maxCells` is how many the file can have at most. Throws CSV_ROW_INVALID.
 */
export function createCsvScanner(
  { delimiter, quote, decimal }: CsvDialect,
  width: number,
  { only = Number.POSITIVE_INFINITY, ragged = false, maxCells = cellCapacity } = {},
): CsvScanner {
  const capacity = Math.min(only, Math.max(1, Math.floor(Math.min(maxCells, cellCapacity) / width)));
  const starts = new Int32Array(capacity * width);
  const ends = new Int32Array(capacity * width);
  const kinds = new Uint8Array(capacity * width);
  const values = new Float64Array(capacity * width);
  const numbers = new Float64Array(capacity);
  const delimiterByte = delimiter.charCodeAt(0);
  const quoteByte = quote.charCodeAt(0);
  const decimalByte = decimal.charCodeAt(0);
  let row = 0;

  function scan(bytes: Buffer, from: number, last: boolean) {
    const to = bytes.byteLength;
    let count = 0;
    let consumed = from;
    let rowWidth = width;
    let i = from;
    rows: while (count < capacity && i < to) {
      let cell = count * width;
      let cells = 0;
      for (;;) {
        let start = i;
        let end = i;
        let kind: number = cellKinds.text;
        let value = 0;
        if (i < to && bytes[i] === quoteByte) {
          start = i + 1;
          let close = start;
          let escaped = false;
          for (;;) {
            close = bytes.indexOf(quoteByte, close);
            if (close < 0) {
              if (last) throw invalid(row + 1, 'a quote opens and never closes');
              break rows;
            }
            if (close + 1 === to && !last) break rows;
            if (bytes[close + 1] !== quoteByte) break;
            escaped = true;
            close += 2;
          }
          end = close;
          i = close + 1;
          if (i < to && bytes[i] !== delimiterByte && bytes[i] !== newline && bytes[i] !== carriageReturn) {
            throw invalid(row + 1, 'text follows a closing quote; write a quote inside quotes twice');
          }
          if (escaped) kind = cellKinds.escaped;
        } else {
          const sign = bytes[i] === 45;
          if (sign || bytes[i] === 43) i++;
          let mantissa = 0;
          let digits = 0;
          let point = -1;
          let byte = 0;
          for (; i < to; i++) {
            byte = bytes[i]!;
            if (byte >= 48 && byte <= 57) {
              mantissa = mantissa * 10 + byte - 48;
              digits++;
            } else if (byte === decimalByte && point < 0) point = digits;
            else break;
          }
          if (i < to && byte !== delimiterByte && byte !== newline && byte !== carriageReturn) {
            for (; i < to; i++) {
              byte = bytes[i]!;
              if (byte === delimiterByte || byte === newline || byte === carriageReturn) break;
              if (byte === quoteByte) throw invalid(row + 1, 'a quote stands inside an unquoted cell');
            }
          } else if (digits > 0 && digits <= exactDigits) {
            kind = point < 0 ? cellKinds.integer : cellKinds.decimal;
            value = point < 0 ? mantissa : mantissa / powers[digits - point]!;
            if (sign) value = -value;
          } else if (i === start) kind = cellKinds.empty;
          end = i;
        }
        // Without the byte that ends it, a cell may go on in the next chunk.
        if (i >= to && !last) break rows;
        if (cells < width) {
          starts[cell] = start;
          ends[cell] = end;
          kinds[cell] = kind;
          values[cell] = value;
          cell++;
        }
        cells++;
        if (i >= to || bytes[i] !== delimiterByte) break;
        i++;
      }
      if (i < to) {
        if (bytes[i] === carriageReturn && i + 1 === to && !last) break;
        i += bytes[i] === carriageReturn && bytes[i + 1] === newline ? 2 : 1;
      }
      row++;
      consumed = i;
      if (cells === 1 && isBlank(bytes, starts[count * width]!, ends[count * width]!)) continue;
      if (ragged) rowWidth = cells;
      else if (cells !== width)
        throw invalid(row, `it has ${cells} cells; the header names ${width} columns`);
      numbers[count++] = row;
    }
    return {
      rows: { bytes, count, width: rowWidth, numbers, starts, ends, kinds, values },
      consumed,
    };
  }
  return { scan };
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 32 && bytes[i] !== 9) return false;
  return true;
}

function invalid(row: number, problem: string): DescentError {
  return new DescentError('CSV_ROW_INVALID', { row, problem });
}
