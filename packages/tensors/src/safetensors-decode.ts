import { DescentError } from '@descent/errors';
import { arrayView } from './array-view.ts';
import { type Dtype, dtypes } from './dtype.ts';
import { type SafetensorsEntry, safetensorsNames } from './safetensors-layout.ts';
import { checkedElementCount } from './shape.ts';
import { type Tensor, tensor } from './tensor.ts';

export interface SafetensorsFile {
  /** In the order of the data section. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A header of 16 MiB describes more than 100,000 tensors; a larger one is an attack on the JSON parser. */
const defaultMaxHeaderBytes = 16 * 1024 * 1024;

const dtypeOfName = new Map<unknown, Dtype>(
  (Object.keys(safetensorsNames) as Dtype[]).map((dtype) => [safetensorsNames[dtype], dtype]),
);

/**
 * Reads a safetensors file. The tensors are views on `bytes`, which must not change while they are used.
 * Every length and offset is checked against `bytes.byteLength` first, so a hostile header allocates no more than
 * its own text. Throws SAFETENSORS_INVALID.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { maxHeaderBytes = defaultMaxHeaderBytes }: { readonly maxHeaderBytes?: number } = {},
): SafetensorsFile {
  const { entries, dataStart, metadata } = readSafetensorsHeader(bytes, bytes.byteLength, maxHeaderBytes);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const length = (end - begin) / dtypes[dtype].bytes;
    tensors.set(name, tensor(dtype, shape, arrayView(dtype, bytes, dataStart + begin, length)));
  }
  return { tensors, metadata };
}

export interface SafetensorsHeader {
  /** In the order of the data section; together they are all of it. */
  readonly entries: readonly SafetensorsEntry[];
  /** Where the data section starts in the file. */
  readonly dataStart: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * What the header of a safetensors file of `fileBytes` bytes says; `start` holds the file's beginning, header included.
 * Throws SAFETENSORS_INVALID.
 */
export function readSafetensorsHeader(
  start: Uint8Array,
  fileBytes: number,
  maxHeaderBytes = defaultMaxHeaderBytes,
): SafetensorsHeader {
  const header = readHeader(start, maxHeaderBytes);
  const { __metadata__: rawMetadata, ...rawEntries } = header.fields;
  const entries = Object.entries(rawEntries).map(([name, value]) => readEntry(name, value));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let end = 0;
  for (const entry of entries) {
    if (entry.begin < end) throw invalid(`tensor "${entry.name}" overlaps the one before it`);
    if (entry.begin > end)
      throw invalid(`there is a gap of ${entry.begin - end} bytes before tensor "${entry.name}"`);
    end = entry.end;
  }
  const available = fileBytes - header.dataStart;
  if (end !== available) throw invalid(`the tensors take ${end} bytes; the file holds ${available}`);

  return { entries, dataStart: header.dataStart, metadata: readMetadata(rawMetadata) };
}

function readHeader(
  bytes: Uint8Array,
  maxHeaderBytes: number,
): { fields: Record<string, unknown>; dataStart: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.byteLength < 8) throw invalid(`${buffer.byteLength} bytes are too few for a header`);
  const declared = buffer.readBigUInt64LE(0);
  if (declared > BigInt(maxHeaderBytes)) {
    throw invalid(`its header claims ${declared} bytes; at most ${maxHeaderBytes} are allowed`);
  }
  const dataStart = 8 + Number(declared);
  if (dataStart > buffer.byteLength) {
    throw invalid(`its header claims ${declared} bytes; ${buffer.byteLength - 8} follow`);
  }
  let fields: unknown;
  try {
    fields = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(8, dataStart)));
  } catch (cause) {
    throw invalid('its header is not JSON', cause);
  }
  if (!isRecord(fields)) throw invalid('its header is not a JSON object');
  return { fields, dataStart };
}

function readEntry(name: string, value: unknown): SafetensorsEntry {
  if (!isRecord(value)) throw invalid(`tensor "${name}" is not described by an object`);
  const dtype = dtypeOfName.get(value.dtype);
  if (dtype === undefined) {
    throw invalid(
      `tensor "${name}" has dtype ${JSON.stringify(value.dtype)}; known are ${[...dtypeOfName.keys()].join(', ')}`,
    );
  }
  const shape: unknown = value.shape;
  const count = Array.isArray(shape) ? checkedElementCount(shape) : undefined;
  if (count === undefined) throw invalid(`the shape of tensor "${name}" is not a list of sizes`);
  const offsets: unknown = value.data_offsets;
  if (!Array.isArray(offsets) || offsets.length !== 2)
    throw invalid(`tensor "${name}" has no pair of offsets`);
  const [begin, end] = offsets as unknown[];
  if (!isOffset(begin) || !isOffset(end) || end < begin) {
    throw invalid(`tensor "${name}" has offsets ${JSON.stringify(offsets)}`);
  }
  if (end - begin !== count * dtypes[dtype].bytes) {
    throw invalid(
      `tensor "${name}" of ${count} ${dtype} elements needs ${count * dtypes[dtype].bytes} bytes; its offsets span ${end - begin}`,
    );
  }
  return { name, dtype, shape: shape as number[], begin, end };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || !Object.values(value).every((item) => typeof item === 'string')) {
    throw invalid('__metadata__ is not a map of strings');
  }
  return value as Record<string, string>;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(problem: string, cause?: unknown): DescentError {
  return new DescentError('SAFETENSORS_INVALID', { problem }, { cause });
}
