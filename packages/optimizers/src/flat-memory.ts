import { DescentError } from '@descent/errors';
import { instantiateKernels, type Kernels } from './kernels.ts';

/** Cache line, and the alignment that the gradient channel keeps for float views. */
const alignmentBytes = 64;
const pageBytes = 65_536;
/**
 * One page less than the 4 GiB that 32-bit addresses reach, so that the address just behind the last element
 * never wraps around to 0, where a kernel's loop would not run at all.
 */
export const maximumMemoryBytes = 65_535 * pageBytes;

/** `count` buffers of `length` elements each. */
export interface FlatBuffers {
  readonly count: number;
  readonly length: number;
  /** Bytes kept right before each buffer, a multiple of 64: what a frame carries ahead of its tensors. */
  readonly prefixBytes?: number;
}

export interface FlatMemoryOptions {
  /**
   * Other threads may read it, without a copy. Sockets, files and kernels take views of either kind, so the types do not
   * tell them apart; engines take none of this kind, and say so.
   */
  readonly isShared?: boolean;
}

/** A range of float32 in the memory of one training job. Its views stay valid for as long as the memory is held. */
export interface FlatBuffer {
  readonly memory: FlatMemory;
  /** Address of the first element, a multiple of 64. */
  readonly byteOffset: number;
  readonly floats: Float32Array<ArrayBuffer>;
  /** The same elements, for sockets and files. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The prefix and the elements. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * The memory in which a parameter server holds one training job: parameters (twice), gradients, optimizer slots.
 * A WebAssembly memory detaches every view of it when it grows, also one that a socket is writing into; so
 * this one is sized once, from the list of all it must hold, and never grows. It starts as zeros.
 */
export class FlatMemory<Group extends string = string> {
  /** Buffers by group, in order of `byteOffset`. */
  readonly buffers: { readonly [Name in Group]: readonly FlatBuffer[] };
  readonly byteLength: number;
  /** @internal Only for this package: they check nothing. */
  readonly kernels: Kernels;
  /** @internal Where kernels leave results that are more than one number: 64 bytes at address 0. */
  readonly results: Float64Array<ArrayBuffer>;

  /**
   * @throws {DescentError} SPEC_TOO_LARGE when the buffers need more than {@link maximumMemoryBytes}, before anything
   * is allocated.
   */
  constructor(
    groups: { readonly [Name in Group]: FlatBuffers },
    { isShared = false }: FlatMemoryOptions = {},
  ) {
    this.byteLength = flatMemoryBytes(groups);
    if (this.byteLength > maximumMemoryBytes)
      throw new DescentError('SPEC_TOO_LARGE', {
        path: 'model',
        what: 'the memory of its parameters, gradients and optimizer slots, in bytes,',
        actual: this.byteLength,
        limit: maximumMemoryBytes,
      });
    const pages = this.byteLength / pageBytes;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: isShared });
    this.kernels = instantiateKernels(memory, isShared ? 'shared' : 'own');
    this.results = new Float64Array(memory.buffer, 0, alignmentBytes / Float64Array.BYTES_PER_ELEMENT);

    let free = alignmentBytes;
    const place = ({ length, prefixBytes = 0 }: FlatBuffers): FlatBuffer => {
      const byteOffset = free + prefixBytes;
      const floats = new Float32Array(memory.buffer, byteOffset, length);
      const bytes = new Uint8Array(memory.buffer, byteOffset, floats.byteLength);
      const payload = new Uint8Array(memory.buffer, free, prefixBytes + floats.byteLength);
      free = byteOffset + alignedBytes(length);
      return { memory: this, byteOffset, floats, bytes, payload };
    };
    const groupOf = (group: FlatBuffers) => Array.from({ length: group.count }, () => place(group));
    this.buffers = mapGroups(groups, groupOf);
  }
}

/** Bytes that a {@link FlatMemory} of these buffers takes; may exceed {@link maximumMemoryBytes}. */
export function flatMemoryBytes(groups: Readonly<Record<string, FlatBuffers>>): number {
  let bytes = alignmentBytes;
  for (const [name, { count, length, prefixBytes = 0 }] of Object.entries(groups)) {
    if (![count, length, prefixBytes].every((size) => Number.isSafeInteger(size) && size >= 0))
      throw new RangeError(`${name}: count, length and prefix must be whole and not negative`);
    if (prefixBytes % alignmentBytes !== 0)
      throw new RangeError(`${name}: a prefix of ${prefixBytes} bytes would leave its buffer unaligned`);
    bytes += count * (prefixBytes + alignedBytes(length));
  }
  return Math.ceil(bytes / pageBytes) * pageBytes;
}

function alignedBytes(length: number): number {
  return Math.ceil((length * Float32Array.BYTES_PER_ELEMENT) / alignmentBytes) * alignmentBytes;
}

function mapGroups<Name extends string, From, To>(
  groups: { readonly [Key in Name]: From },
  map: (group: From) => To,
): { readonly [Key in Name]: To } {
  const mapped: Partial<Record<Name, To>> = {};
  for (const name in groups) mapped[name] = map(groups[name]);
  return mapped as Record<Name, To>;
}
