import type { Compression } from '@descent/contracts';
import { bf16Codec, type Codec, type Decoded, int8Codec, topKCodec } from './codec.ts';
import type { FlatBuffer } from './flat-memory.ts';
import { allFinite } from './reduce.ts';

/** How many elements of a flat buffer are compressed, from its front; the rest travels as float32. */
export interface FlatShape {
  readonly compressed: number;
  readonly elements: number;
}

/**
 * How a flat buffer travels: the encoded front, zeros to a multiple of 64 bytes, then the rest as float32. Behind the
 * front lie states and what is frozen: a variance rounded to 0 or a frozen weight rounded at all would be for nothing.
 */
export interface WireFormat {
  /** Length of the encoded buffer in float32, whatever is in it. */
  readonly length: number;
  /** Length in float32 of the scratch buffer that {@link pack} needs; 0: none. */
  readonly scratchLength: number;
  /** All buffers lie in one memory. @param key see {@link Codec.encode} */
  pack(target: FlatBuffer, source: FlatBuffer, key: number, scratch?: FlatBuffer): void;
  /** Checks on its way whether all that was written to `target` is finite. */
  unpack(target: FlatBuffer, source: FlatBuffer): Decoded;
}

/** Gradients, worker to server. Undefined: the flat buffer itself is what travels. */
export function gradientFormat(compression: Compression, shape: FlatShape): WireFormat | undefined {
  if (compression === 'none') return undefined;
  const { compressed } = shape;
  if (compression === 'bf16') return formatOf(bf16Codec(compressed), shape);
  if (compression === 'int8') return formatOf(int8Codec(compressed), shape);
  return formatOf(topKCodec(compressed, compression.topK), shape);
}

/**
 * Parameters, server to worker: bf16 whenever anything is compressed. The server keeps them in float32 and rounds each
 * version anew, so no error of rounding is carried from one step to the next.
 */
export function parameterFormat(compression: Compression, shape: FlatShape): WireFormat | undefined {
  return compression === 'none' ? undefined : formatOf(bf16Codec(shape.compressed), shape);
}

const alignmentBytes = 64;

function formatOf(codec: Codec, { compressed, elements }: FlatShape): WireFormat {
  const frontBytes = Math.ceil(codec.bytes / alignmentBytes) * alignmentBytes;
  const frontLength = frontBytes / Float32Array.BYTES_PER_ELEMENT;
  const rest = { start: compressed, end: elements };
  const requireLengths = (encoded: FlatBuffer, flat: FlatBuffer) => {
    if (encoded.floats.length !== frontLength + elements - compressed || flat.floats.length !== elements)
      throw new RangeError(
        `${elements} elements travel as ${frontLength + elements - compressed}, not ${flat.floats.length} as ${encoded.floats.length}`,
      );
    if (encoded.memory !== flat.memory) throw new TypeError('encoded and flat buffer lie in two memories');
  };
  return {
    length: frontLength + elements - compressed,
    scratchLength: codec.scratchBytes / Float32Array.BYTES_PER_ELEMENT,
    pack(target, source, key, scratch) {
      requireLengths(target, source);
      if (
        codec.scratchBytes > 0 &&
        (scratch?.memory !== source.memory || scratch.bytes.byteLength < codec.scratchBytes)
      )
        throw new RangeError(`packing needs ${codec.scratchBytes} bytes of scratch in the same memory`);
      codec.encode(
        source.memory.kernels,
        target.byteOffset,
        source.byteOffset,
        key,
        scratch?.byteOffset ?? 0,
      );
      target.bytes.fill(0, codec.bytes, frontBytes);
      target.floats.set(source.floats.subarray(compressed), frontLength);
    },
    unpack(target, source) {
      requireLengths(source, target);
      const front = codec.decode(source.memory.kernels, target.byteOffset, source.byteOffset);
      target.floats.set(source.floats.subarray(frontLength), compressed);
      return front === 'finite' && !allFinite(target, rest) ? 'not-finite' : front;
    },
  };
}
