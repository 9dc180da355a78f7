import type { Kernels } from './kernels.ts';

/** What a payload turned out to be: `damaged` cannot have come from an encoder. */
export type Decoded = 'finite' | 'not-finite' | 'damaged';

/**
 * One way to write `elements` float32 values in fewer bytes. Addresses are bytes into the memory of the kernels, encoded
 * ones multiples of 4. The bits of either direction are a function of the values and of `key` alone.
 */
export interface Codec {
  /** How long the encoded form is, whatever the values. */
  readonly bytes: number;
  /** Bytes of memory that encoding needs beside its input and output. */
  readonly scratchBytes: number;
  /** @param key unsigned 32 bits: which random numbers round; the same key and values give the same bytes */
  encode(kernels: Kernels, target: number, source: number, key: number, scratch: number): void;
  decode(kernels: Kernels, target: number, source: number): Decoded;
}

const finiteIf = (finite: 0 | 1): Decoded => (finite === 1 ? 'finite' : 'not-finite');

/** The upper half of each float32, rounded to the nearest, ties to even: 8 bits of precision, the range of float32. */
export function bf16Codec(elements: number): Codec {
  return {
    bytes: 4 * Math.ceil(elements / 2),
    scratchBytes: 0,
    encode: (kernels, target, source) => kernels.encodeBf16(target, source, elements),
    decode: (kernels, target, source) => finiteIf(kernels.decodeBf16(target, source, elements)),
  };
}

const int8Block = 256;

/**
 * A float32 scale per 256 elements, then a signed byte each, rounded up or down by chance so that the mean is right
 * (Alistarh et al. 2017, "QSGD: communication-efficient SGD via gradient quantization", with the largest magnitude of a
 * block as its norm).
 */
export function int8Codec(elements: number): Codec {
  const scaleBytes = 4 * Math.ceil(elements / int8Block);
  return {
    bytes: scaleBytes + 4 * Math.ceil(elements / 4),
    scratchBytes: 0,
    encode: (kernels, target, source, key) =>
      kernels.encodeInt8(target + scaleBytes, target, source, elements, key),
    decode: (kernels, target, source) =>
      finiteIf(kernels.decodeInt8(target, source + scaleBytes, source, elements)),
  };
}

const histogramBytes = 65_536 * 4;

/**
 * A share of the elements: half of them are those of largest magnitude, as they are; the other half are picked from the
 * rest by chance, each with a probability proportional to its magnitude and with a value that makes the mean right
 * (Wangni et al. 2018, "Gradient sparsification for communication-efficient distributed optimization").
 *
 * Encoded: u32 indices and f32 values of the first half, f32 λ, u32 picks (bit 31: −λ instead of λ).
 */
export function topKCodec(elements: number, share: number): Codec {
  const kept = Math.min(elements, Math.max(1, Math.round(share * elements)));
  const exact = Math.ceil(kept / 2);
  const sampled = kept - exact;
  const partsAt = (address: number) => {
    const values = address + 4 * exact;
    const lambda = values + 4 * exact;
    return { indices: address, values, lambda, picks: lambda + 4 };
  };
  return {
    bytes: elements === 0 ? 0 : 8 * exact + 4 + 4 * sampled,
    scratchBytes: histogramBytes,
    encode(kernels, target, source, key, scratch) {
      if (elements === 0) return;
      const { indices, values, lambda, picks } = partsAt(target);
      const offset = key / 2 ** 32;
      kernels.encodeTopK(indices, values, lambda, picks, scratch, source, elements, exact, sampled, offset);
    },
    decode(kernels, target, source) {
      if (elements === 0) return 'finite';
      const { indices, values, lambda, picks } = partsAt(source);
      const code = kernels.decodeTopK(target, indices, values, lambda, picks, elements, exact, sampled);
      return code === -1 ? 'damaged' : finiteIf(code);
    },
  };
}
