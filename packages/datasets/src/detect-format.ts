import { basename } from 'node:path';
import { csvDelimiters, type DataFormat, dataFormats } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { openZip, zipEntries } from '@descent/tensors';
import { createByteReader, openFile } from './byte-reader.ts';

/**
 * The format of a file, by its first bytes; `name` (the name it was uploaded under) tells CSV from TSV and catches a
 * file that is not what its name says. Throws FILE_FORMAT_UNKNOWN.
 */
export async function detectFormat(path: string, name: string = basename(path)): Promise<DataFormat> {
  const start = await readUnpackedStart(path, name);
  const ending = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  const unknown = (problem: string) => new DescentError('FILE_FORMAT_UNKNOWN', { file: name, problem });
  if (start.byteLength === 0) throw new DescentError('DATA_EMPTY', { part: name });

  const found = formatByMagic(start);
  if (found !== undefined) return found === 'zip' ? formatOfZip(path) : found;
  if (ending === 'parquet') throw unknown('it does not start as a Parquet file');
  if (ending !== undefined && ['npz', 'npy', 'idx', 'zip', 'tar', 'safetensors'].includes(ending))
    throw unknown(`it does not start as ${ending === 'safetensors' ? ending : ending.toUpperCase()}`);
  const wide = ['fffe', 'feff'].includes(start.toString('hex', 0, 2));
  if (!wide && start.includes(0)) throw unknown('it is binary and starts like none of the known formats');
  if (ending === 'jsonl' || ending === 'ndjson' || ending === 'json') return 'jsonl';
  if (ending === 'tsv' || ending === 'tab') return 'tsv';
  // Uploads often have no ending; plain text is then taken for CSV.
  if (ending === undefined && /^\s*\{\s*"/.test(start.toString('utf8'))) return 'jsonl';
  if (ending === undefined || ending === 'csv') return 'csv';
  if (ending === 'txt') return looksLikeTable(start) ? 'csv' : 'text';
  if (ending === 'text' || ending === 'md') return 'text';
  throw unknown(`".${ending}" is not among ${dataFormats.join(', ')}`);
}

function formatByMagic(start: Buffer): DataFormat | 'zip' | undefined {
  const text = (from: number, to: number) => start.toString('latin1', from, to);
  if (text(0, 4) === 'PK\x03\x04' || text(0, 4) === 'PK\x05\x06') return 'zip';
  if (text(0, 6) === '\x93NUMPY') return 'npy';
  if (text(0, 4) === 'PAR1') return 'parquet';
  if (text(257, 262) === 'ustar') return 'images';
  // A header of at most 16 MiB in JSON.
  if (start[3] === 0 && text(4, 9) === '\0\0\0\0{') return 'safetensors';
  if (start[0] === 0 && start[1] === 0 && [8, 9, 11, 12, 13, 14].includes(start[2] ?? 0)) return 'idx';
  return undefined;
}

/** An archive of arrays, or one of images; what is in it otherwise, the reader of images says. */
async function formatOfZip(path: string): Promise<DataFormat> {
  const zip = await openZip(path);
  try {
    for await (const { fileName } of zipEntries(zip, Number.POSITIVE_INFINITY))
      return fileName.endsWith('.npy') ? 'npz' : 'images';
    return 'npz';
  } finally {
    zip.close();
  }
}

/** Whether some delimiter cuts every line into as many cells, or all lines but the first are numbers. */
function looksLikeTable(start: Buffer): boolean {
  const lines = start
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  // The last line may be cut off.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  const even = csvDelimiters.some((delimiter) => {
    const cells = whole.map((line) => line.split(delimiter).length);
    return cells[0]! > 1 && cells.every((count) => count === cells[0]);
  });
  const numbers = whole.length > 1 && whole.slice(1).every((line) => !Number.isNaN(Number(line)));
  return whole.length > 1 && (even || numbers);
}

async function readUnpackedStart(path: string, name: string): Promise<Buffer> {
  const { stream } = await openFile(path);
  const reader = createByteReader(stream);
  try {
    return await reader.read(4096);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!code.startsWith('Z_')) throw cause;
    throw new DescentError(
      'FILE_FORMAT_UNKNOWN',
      { file: name, problem: 'its gzip data is damaged' },
      { cause },
    );
  } finally {
    await reader.close();
  }
}
