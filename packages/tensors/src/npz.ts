import { DescentError } from '@descent/errors';
import { zipSync } from 'fflate';
import { decodeNpy, encodeNpy } from './npy.ts';
import type { NamedTensors } from './safetensors-encode.ts';
import type { Tensor } from './tensor.ts';
import { openZip, type ZipEntry, type ZipFile, zipContent, zipEntries } from './zip.ts';

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
    const entries = await npzEntries(zip, limits);
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

/** The arrays of an NPZ file by name, without reading any. Throws ARCHIVE_REFUSED, DATA_TOO_LARGE. */
export async function npzEntries(
  zip: ZipFile,
  { maxEntries, maxBytes, maxRatio }: Partial<NpzLimits> = {},
): Promise<Map<string, ZipEntry>> {
  const limits = {
    maxEntries: maxEntries ?? defaultNpzLimits.maxEntries,
    maxBytes: maxBytes ?? defaultNpzLimits.maxBytes,
    maxRatio: maxRatio ?? defaultNpzLimits.maxRatio,
  };
  const entries = new Map<string, ZipEntry>();
  let totalBytes = 0;
  for await (const entry of zipEntries(zip, limits.maxEntries)) {
    if (!entry.fileName.endsWith('.npy')) throw refused(`entry "${entry.fileName}" is not an .npy array`);
    const name = entry.fileName.slice(0, -'.npy'.length);
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

async function readEntry(zip: ZipFile, entry: ZipEntry): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(entry.uncompressedSize);
  let length = 0;
  for await (const chunk of zipContent(zip, entry)) length += chunk.copy(bytes, length);
  return bytes;
}

function refused(problem: string, cause?: unknown): DescentError {
  return new DescentError('ARCHIVE_REFUSED', { problem }, { cause });
}
