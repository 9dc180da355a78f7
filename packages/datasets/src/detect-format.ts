import { basename } from 'node:path';
import { DescentError } from '@descent/errors';
import { createByteReader, openFile } from './byte-reader.ts';

export const dataFormats = ['csv', 'tsv', 'jsonl', 'parquet', 'npz', 'npy', 'idx'] as const;
export type DataFormat = (typeof dataFormats)[number];

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
  if (found !== undefined) return found;
  if (ending === 'parquet') throw unknown('it does not start as a Parquet file');
  if (ending === 'npz' || ending === 'npy' || ending === 'idx')
    throw unknown(`it does not start as ${ending.toUpperCase()}`);
  const wide = ['fffe', 'feff'].includes(start.toString('hex', 0, 2));
  if (!wide && start.includes(0)) throw unknown('it is binary and starts like none of the known formats');
  if (ending === 'jsonl' || ending === 'ndjson' || ending === 'json') return 'jsonl';
  if (ending === 'tsv' || ending === 'tab') return 'tsv';
  // Uploads often have no ending; plain text is then taken for CSV.
  if (ending === undefined && /^\s*\{\s*"/.test(start.toString('utf8'))) return 'jsonl';
  if (ending === undefined || ending === 'csv' || ending === 'txt') return 'csv';
  throw unknown(`".${ending}" is not among ${dataFormats.join(', ')}`);
}

function formatByMagic(start: Buffer): DataFormat | undefined {
  if (start.toString('latin1', 0, 4) === 'PK\x03\x04' || start.toString('latin1', 0, 4) === 'PK\x05\x06')
    return 'npz';
  if (start.toString('latin1', 0, 6) === '\x93NUMPY') return 'npy';
  if (start.toString('latin1', 0, 4) === 'PAR1') return 'parquet';
  if (start[0] === 0 && start[1] === 0 && [8, 9, 11, 12, 13, 14].includes(start[2] ?? 0)) return 'idx';
  return undefined;
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
