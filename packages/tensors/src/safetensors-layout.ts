import { type Dtype, dtypes } from './dtype.ts';
import { elementCount } from './tensor.ts';

/** Names that the safetensors format gives our dtypes. */
export const safetensorsNames = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Record<Dtype, string>;

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Byte range within the data section, which starts after the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsLayout {
  /** Length prefix, JSON and padding: the first bytes of the file. Its length is a multiple of 8. */
  readonly header: Uint8Array;
  /** In the order of the data section. */
  readonly entries: readonly SafetensorsEntry[];
  readonly totalBytes: number;
}

/**
 * Where every tensor goes in a safetensors file. Large elements come first and names ascend within one size, so
 * that every tensor is aligned and equal tensors give equal bytes whatever order they came in.
 */
export function safetensorsLayout(
  tensors: Iterable<readonly [name: string, { readonly dtype: Dtype; readonly shape: readonly number[] }]>,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsLayout {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      dtypes[b.dtype].bytes - dtypes[a.dtype].bytes || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  if (new Set(ordered.map(([name]) => name)).size !== ordered.length) {
    throw new RangeError('Two tensors of a safetensors file have the same name');
  }
  let end = 0;
  const entries = ordered.map(([name, { dtype, shape }]): SafetensorsEntry => {
    if (name === '__metadata__') throw new RangeError('No tensor can be named __metadata__');
    const begin = end;
    end += elementCount(shape) * dtypes[dtype].bytes;
    return { name, dtype, shape, begin, end };
  });
  const header = encodeHeader(entries, metadata);
  return { header, entries, totalBytes: header.byteLength + end };
}

function encodeHeader(
  entries: readonly SafetensorsEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: [string, unknown][] = entries.map(({ name, dtype, shape, begin, end }) => [
    name,
    { dtype: safetensorsNames[dtype], shape, data_offsets: [begin, end] },
  ]);
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0)
    fields.unshift(['__metadata__', Object.fromEntries(keys.map((key) => [key, metadata[key]]))]);
  // Written pair by pair: an object would move integer-like names such as "10" to the front.
  const json = `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
  const text = Buffer.from(json, 'utf8');
  const padded = Math.ceil(text.byteLength / 8) * 8;
  const header = Buffer.alloc(8 + padded, 0x20);
  header.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(header, 8);
  return header;
}
