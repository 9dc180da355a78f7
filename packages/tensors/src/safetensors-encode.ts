import { bytesOf } from './array-view.ts';
import { safetensorsLayout } from './safetensors-layout.ts';
import type { Tensor } from './tensor.ts';

/** Tensors by name: a `Map`, or entries in any order. */
export type NamedTensors = Iterable<readonly [name: string, tensor: Tensor]>;

/**
 * A safetensors file piece by piece: the header, then the memory of each tensor (views, not copies: write a piece
 * before its tensor changes). Equal tensors and metadata give equal bytes.
 */
export function* safetensorsChunks(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array, void, undefined> {
  const byName = new Map<string, Tensor>();
  const listed = [...tensors];
  const { header, entries } = safetensorsLayout(listed, metadata);
  for (const [name, value] of listed) byName.set(name, value);
  yield header;
  for (const { name } of entries) {
    const { data } = byName.get(name)!;
    if (data.byteLength > 0) yield bytesOf(data);
  }
}

/** A whole safetensors file in one buffer. */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return Buffer.concat([...safetensorsChunks(tensors, metadata)]);
}
