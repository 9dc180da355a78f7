import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeHeader, type FrameFields, type FrameHeader } from './frame.ts';
import { FrameReader } from './frame-reader.ts';

/** The part of WebAssembly that this test needs; the ES libraries of TypeScript leave it to the DOM. */
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
};

interface Seen {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
}

function reader(target: (header: FrameHeader) => Uint8Array | DescentError) {
  const frames: Seen[] = [];
  const refusals: DescentError[] = [];
  const asked: FrameHeader[] = [];
  const read = new FrameReader('worker', {
    target: (header) => {
      asked.push(header);
      return target(header);
    },
    frame: (header, payload) => frames.push({ header, payload }),
    refused: (_, error) => refusals.push(error),
  });
  const push = (bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): void => {
    let offset = 0;
    for (let turn = 0; offset < bytes.length; turn++) {
      const space = read.space();
      expect(space.byteLength).toBeGreaterThan(0);
      const size = Math.min(space.byteLength, sizes[turn % sizes.length] ?? 1, bytes.length - offset);
      space.set(bytes.subarray(offset, offset + size));
      offset += size;
      read.advance(size);
    }
  };
  return { read, push, frames, refusals, asked };
}

function frame(fields: FrameFields, payload: Uint8Array, isChecked = false): Buffer {
  return Buffer.concat([encodeHeader(fields, payload.length, isChecked ? crc32(payload) : null), payload]);
}

const gradient = (step: number, payload: Uint8Array, isChecked = false) =>
  frame({ type: 'GRADIENT', step }, payload, isChecked);
const noise = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31) & 255);
const refusal = new DescentError('GRADIENT_LATE', { step: 1, current: 2 });

test('frames are the same however the stream is cut', () => {
  const stream = Buffer.concat([
    frame({ type: 'HEARTBEAT' }, Buffer.from('{}')),
    gradient(1, noise(200), true),
    gradient(2, noise(20_000)),
    gradient(3, noise(0)),
    frame({ type: 'LEAVE' }, new Uint8Array(0)),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 2, maxLength: 20 }), (sizes) => {
      const { push, frames, refusals, read } = reader((header) =>
        header.step === 2 ? refusal : new Uint8Array(header.payloadBytes),
      );
      push(stream, sizes);
      expect(frames.map(({ header }) => header.type)).toEqual(['HEARTBEAT', 'GRADIENT', 'GRADIENT', 'LEAVE']);
      expect(frames[1]?.payload).toEqual(noise(200));
      expect(refusals).toEqual([refusal]);
      expect(read.isBetweenFrames).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('a frame that is cut at any one byte arrives whole', () => {
  const stream = gradient(1, noise(100), true);
  for (let cut = 1; cut < stream.length; cut++) {
    const { push, frames, read } = reader(() => new Uint8Array(100));
    push(stream.subarray(0, cut));
    expect(frames).toEqual([]);
    expect(read.isBetweenFrames).toBe(false);
    push(stream.subarray(cut));
    expect(frames[0]?.payload).toEqual(noise(100));
  }
});

test('a payload lands in the very buffer that was given for it, also in WebAssembly memory', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const target = new Uint8Array(memory.buffer, 128, 1000);
  const { push, frames } = reader(() => target);
  push(gradient(1, noise(1000)), [64, 300, 1000]);
  expect(frames[0]?.payload).toBe(target);
  expect(new Uint8Array(memory.buffer, 128, 1000)).toEqual(noise(1000));
});

test('a payload of the wrong length is refused by name, and the next frame arrives', () => {
  const { push, frames, refusals } = reader(() => new Uint8Array(64));
  push(Buffer.concat([gradient(1, noise(65)), gradient(2, noise(63)), gradient(3, noise(64))]));
  expect(refusals.map(({ message }) => message)).toEqual([
    'A GRADIENT frame of 65 bytes came where 64 bytes belong',
    'A GRADIENT frame of 63 bytes came where 64 bytes belong',
  ]);
  expect(frames.map(({ header }) => header.step)).toEqual([3]);
});

test('a header that promises 60 GB makes nobody allocate them', () => {
  const { push, refusals, read } = reader(() => new Uint8Array(64));
  push(encodeHeader({ type: 'GRADIENT' }, 6e10, null));
  push(noise(200_000), [65_536]);
  expect(refusals).toEqual([]);
  expect(read.space().byteLength).toBe(65_536);
});

test.each([
  ['JSON of 64 KiB and a byte', encodeHeader({ type: 'JOIN' }, 65_537, null), 'at most 65536 bytes'],
  ['a frame of the other end', encodeHeader({ type: 'PARAMETERS' }, 4, null), 'does not send PARAMETERS'],
])('%s is malformed before its payload is read', (_, header, problem) => {
  const { push, asked } = reader(() => new Uint8Array(64));
  expect(() => push(header)).toThrow(problem);
  expect(asked).toEqual([]);
});

test('a payload with one flipped bit fails its checksum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 * 300 - 1 }), (bit) => {
      const { push, frames } = reader(() => new Uint8Array(300));
      const stream = gradient(1, noise(300), true);
      stream[64 + (bit >> 3)]! ^= 1 << (bit & 7);
      expect(() => push(stream, [150])).toThrow(expect.objectContaining({ code: 'FRAME_CHECKSUM' }));
      expect(frames).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('noise is never a frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 400 }), (bytes) => {
      const { push, frames, asked } = reader(() => new Uint8Array(64));
      expect(() => push(bytes)).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
      expect([frames, asked]).toEqual([[], []]);
    }),
    { numRuns: 2_000 },
  );
});
