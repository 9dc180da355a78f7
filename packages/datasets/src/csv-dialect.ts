import { csvDelimiters, type csvEncodings, type IngestOptions } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { parseNumber } from './cell-values.ts';
import { csvBytes, readCsvStart } from './csv-bytes.ts';

export type CsvEncoding = (typeof csvEncodings)[number];
export type CsvOptions = Omit<IngestOptions, 'image' | 'text'>;

export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly decimal: '.' | ',';
  readonly encoding: CsvEncoding;
  readonly missing: ReadonlySet<string>;
  /** Whether a number, say -999, stands for a missing value: then no cell is taken for what it looks like. */
  readonly missingNumbers: boolean;
}

export const defaultMissing = ['NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None'] as const;

const startBytes = 64 * 1024;
const sampleLines = 50;

/** Fills the gaps of the options from the first 64 KiB. Throws CSV_ROW_INVALID for options that contradict each other. */
export async function detectDialect(path: string, options: CsvOptions): Promise<CsvDialect> {
  const encoding = options.encoding ?? encodingOf(await readCsvStart(path, 4));
  return dialectOf(await startOf(path, encoding), encoding, options);
}

/** `detectDialect` of text in memory, of which `start` is the beginning. */
export function dialectOf(start: string, encoding: CsvEncoding, options: CsvOptions = {}): CsvDialect {
  const quote = options.quote ?? '"';
  // The last line may be cut off; it counts only when it is alone.
  const lines = start.split(/\r\n|\n|\r/);
  const whole = (lines.length > 1 ? lines.slice(0, -1) : lines).filter((line) => line.trim() !== '');
  const sample = whole.slice(0, sampleLines).map((line) => withoutQuoted(line, quote));
  const delimiter = options.delimiter ?? delimiterOf(sample);
  const decimal = options.decimal ?? decimalOf(sample, delimiter);
  if (decimal === delimiter) {
    const problem = 'the comma cannot separate both cells and decimals; name another `delimiter`';
    throw new DescentError('CSV_ROW_INVALID', { row: 1, problem });
  }
  const missing = new Set(options.missing ?? defaultMissing);
  const missingNumbers = [...missing].some((cell) => parseNumber(cell, decimal) !== undefined);
  return { delimiter, quote, decimal, encoding, missing, missingNumbers };
}

export function encodingOf(start: Buffer): CsvEncoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

async function startOf(path: string, encoding: CsvEncoding): Promise<string> {
  for await (const { bytes } of csvBytes(path, encoding)) return bytes.toString('utf8', 0, startBytes);
  return '';
}

/** Quoted cells say nothing about the delimiter. */
function withoutQuoted(line: string, quote: string): string {
  return quote === '"' ? line.replace(/"(?:[^"]|"")*"/g, 'q') : line.replace(/'(?:[^']|'')*'/g, 'q');
}

/** The character that cuts every sampled line into as many cells; of several, the one that gives most cells. */
function delimiterOf(lines: readonly string[]): string {
  const scored = csvDelimiters.map((delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length);
    const cells = counts[0] ?? 1;
    const even = counts.filter((count) => count === cells).length;
    return { delimiter, cells, even };
  });
  const usable = scored.filter(({ cells }) => cells > 1);
  usable.sort((a, b) => b.even - a.even || b.cells - a.cells);
  return usable[0]?.delimiter ?? ',';
}

function decimalOf(lines: readonly string[], delimiter: string): '.' | ',' {
  if (delimiter === ',') return '.';
  const cells = lines.flatMap((line) => line.split(delimiter)).map((cell) => cell.trim());
  const commas = cells.some((cell) => /^[+-]?\d*,\d+$/.test(cell));
  return commas && !cells.some((cell) => /^[+-]?\d*\.\d+$/.test(cell)) ? ',' : '.';
}
