import { DescentError } from '@descent/errors';
import { createByteReader, openFile } from './byte-reader.ts';
import type { CsvEncoding } from './csv-dialect.ts';

export interface CsvChunk {
  /** UTF-8, without byte-order mark; not yet checked when the file is UTF-8. */
  readonly bytes: Buffer;
}

/** The text of a file (gzip too) as UTF-8 in chunks. Throws CSV_ROW_INVALID for damaged gzip or UTF-16. */
export async function* csvBytes(path: string, encoding: CsvEncoding): AsyncGenerator<CsvChunk> {
  const { stream } = await openFile(path);
  const decoder = encoding.startsWith('utf-16') ? new TextDecoder(encoding, { fatal: true }) : undefined;
  let offset = 0;
  let latest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      latest = chunk;
      yield { bytes: toUtf8(chunk, encoding, decoder, offset) };
      offset += chunk.byteLength;
    }
    latest = Buffer.alloc(0);
    const rest = decoder?.decode() ?? '';
    if (rest !== '') yield { bytes: Buffer.from(rest) };
  } catch (cause) {
    throw translate(cause, encoding, offset, latest);
  }
}

function toUtf8(
  chunk: Buffer,
  encoding: CsvEncoding,
  decoder: InstanceType<typeof TextDecoder> | undefined,
  offset: number,
): Buffer {
  if (decoder !== undefined) return Buffer.from(decoder.decode(chunk, { stream: true }));
  if (encoding === 'latin1') return Buffer.from(chunk.toString('latin1'));
  const marked = offset === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
  return marked ? chunk.subarray(3) : chunk;
}

/** @param chunk what stands at `offset` */
function translate(cause: unknown, encoding: CsvEncoding, offset: number, chunk: Buffer): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code.startsWith('Z_')) {
    return new DescentError('TEXT_INVALID', { offset, problem: 'the gzip data is damaged' }, { cause });
  }
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    const problem = `it is not ${encoding.toUpperCase()}`;
    const at = offset + loneSurrogate(chunk, encoding === 'utf-16be');
    return new DescentError('TEXT_INVALID', { offset: at, problem }, { cause });
  }
  return cause;
}

/** Where half a character stands in UTF-16, or the end where it was cut off. */
function loneSurrogate(chunk: Buffer, bigEndian: boolean): number {
  const unit = (at: number) => (bigEndian ? chunk.readUInt16BE(at) : chunk.readUInt16LE(at));
  for (let at = 0; at + 1 < chunk.byteLength; at += 2) {
    const kind = unit(at) & 0xfc00;
    const paired = kind === 0xd800 && at + 3 < chunk.byteLength && (unit(at + 2) & 0xfc00) === 0xdc00;
    if (paired) at += 2;
    else if (kind === 0xd800 || kind === 0xdc00) return at;
  }
  return 0;
}

/** The first bytes of a file, unpacked. */
export async function readCsvStart(path: string, length: number): Promise<Buffer> {
  const { stream } = await openFile(path);
  const reader = createByteReader(stream);
  try {
    return await reader.read(length);
  } finally {
    await reader.close();
  }
}
