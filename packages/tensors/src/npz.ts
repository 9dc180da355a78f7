import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import { zipSync } from 'fflate';
import yauzl from 'yauzl';
import { decodeNpy, encodeNpy } from './npy.ts';
import type { NamedTensors } from './safetensors-encode.ts';
import type { Tensor } from './tensor.ts';

export interface NpzLimits {
  readonly maxEntries: number;
  /** Of all arrays together, uncompressed. */
  readonly maxBytes: number;
  /** Uncompressed ÷ compressed, for arrays above 16 MiB (small arrays of zeros may reach deflate's 1032). */
  readonly maxRatio: number;
}

export const defaultNpzLimits: NpzLimits = { maxEntries: 4096, maxBytes: 2 * 1024 ** 3, maxRatio: 250 };

const ratioAppliesAboveBytes = 16 * 1024 ** 2;

/**
 * Reads the arrays of an NPZ file (a zip of NPY files) from a path or from memory, in archive order, without `.npy`.
 * The directory of the archive is checked against the limits before any array is read; while reading, no entry may
 * become longer than it declared. Throws ARCHIVE_REFUSED, DATA_TOO_LARGE, NPY_INVALID or NPY_OBJECT_ARRAY.
 */
export async function readNpz(
  source: string | Uint8Array,
  limits: Partial<NpzLimits> = {},
): Promise<Map<string, Tensor>> {
  const zip = await openZip(source);
  try {
    const entries = await checkedEntries(zip, { ...defaultNpzLimits, ...limits });
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of entries) tensors.set(name, decodeNpy(await readEntry(zip, entry), name));
    return tensors;
  } finally {
    zip.close();
  }
}

/** Writes an NPZ file with stored (uncompressed) arrays, as numpy.savez does. */
export function encodeNpz(tensors: NamedTensors): Uint8Array {
  const files = new Map<string, Uint8Array>();
  for (const [name, value] of tensors) files.set(`${name}.npy`, encodeNpy(value));
  // A fixed date keeps equal arrays equal as files; zip dates start in 1980.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}

async function openZip(source: string | Uint8Array): Promise<yauzl.ZipFile> {
  // Opening lazily leaves the entries to `eachEntry`; `autoClose` would close the file after the last of them.
  const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true };
  try {
    if (typeof source === 'string') return await yauzl.openPromise(source, options);
    return await yauzl.fromBufferPromise(
      Buffer.from(source.buffer, source.byteOffset, source.byteLength),
      options,
    );
  } catch (cause) {
    if (isSystemError(cause)) throw cause;
    throw refused(messageOf(cause), cause);
  }
}

async function checkedEntries(zip: yauzl.ZipFile, limits: NpzLimits): Promise<Map<string, yauzl.Entry>> {
  if (zip.entryCount > limits.maxEntries) {
    throw refused(`it has ${zip.entryCount} entries; at most ${limits.maxEntries} are allowed`);
  }
  const entries = new Map<string, yauzl.Entry>();
  let totalBytes = 0;
  for await (const entry of listEntries(zip)) {
    if (!entry.fileName.endsWith('.npy')) throw refused(`entry "${entry.fileName}" is not an .npy array`);
    const name = entry.fileName.slice(0, -'.npy'.length);
    if (entries.has(name)) throw refused(`array "${name}" occurs twice`);
    if (entry.isEncrypted()) throw refused(`array "${name}" is encrypted`);
    if (!entry.canDecodeFileData())
      throw refused(`array "${name}" is packed by method ${entry.compressionMethod}`);
    const { compressedSize, uncompressedSize } = entry;
    totalBytes += uncompressedSize;
    if (totalBytes > limits.maxBytes) {
      throw new DescentError('DATA_TOO_LARGE', {
        part: 'The content of the zip archive',
        actual: `${totalBytes} bytes or more`,
        limit: `${limits.maxBytes} bytes`,
      });
    }
    if (uncompressedSize > ratioAppliesAboveBytes && uncompressedSize > compressedSize * limits.maxRatio) {
      throw refused(`array "${name}" would grow from ${compressedSize} to ${uncompressedSize} bytes`);
    }
    entries.set(name, entry);
  }
  return entries;
}

async function* listEntries(zip: yauzl.ZipFile): AsyncGenerator<yauzl.Entry> {
  try {
    yield* zip.eachEntry();
  } catch (cause) {
    throw refused(messageOf(cause), cause);
  }
}

async function readEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Uint8Array> {
  try {
    const stream = await zip.openReadStreamPromise(entry);
    const bytes = Buffer.allocUnsafeSlow(entry.uncompressedSize);
    let length = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (length + chunk.byteLength > bytes.byteLength)
        throw refused(`"${entry.fileName}" is longer than it declares`);
      length += chunk.copy(bytes, length);
    }
    if (length < bytes.byteLength) throw refused(`"${entry.fileName}" is shorter than it declares`);
    if (crc32(bytes) !== entry.crc32) throw refused(`"${entry.fileName}" does not match its checksum`);
    return bytes;
  } catch (cause) {
    if (cause instanceof DescentError || isSystemError(cause)) throw cause;
    throw refused(`"${entry.fileName}" cannot be unpacked: ${messageOf(cause)}`, cause);
  }
}

/** ENOENT and its like say something about the machine, not about the archive. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refused(problem: string, cause?: unknown): DescentError {
  return new DescentError('ARCHIVE_REFUSED', { problem }, { cause });
}
