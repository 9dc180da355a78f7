import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHeader, encodeHeader, MAX_PAYLOAD_BYTES } from './frame.ts';
import { FrameType, type FrameTypeName } from './frame-type.ts';
import { jobKey } from './job-key.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const headers = fc.record({
  type: fc.constantFrom(...(Object.keys(FrameType) as FrameTypeName[])),
  job: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  incarnation: u32,
  step: u32,
  microBatch: u32,
  version: u32,
  assignment: u32,
  count: u32,
  payloadBytes: fc.integer({ min: 0, max: MAX_PAYLOAD_BYTES }),
  payloadCheck: fc.option(u32),
});

test('the layout of a header is that of docs/protocol.md', () => {
  const bytes = encodeHeader(
    {
      type: 'GRADIENT',
      job: 0x1122334455667788n,
      incarnation: 2,
      step: 3,
      microBatch: 4,
      version: 5,
      assignment: 6,
      count: 2,
    },
    0x1000,
    0xdeadbeef,
  );
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '44534347' + // "DSCG"
      '02000500' + // protocol 2, type 5
      '01000000' + // flag 0: checksum
      `${Buffer.from(bytes.subarray(12, 16)).toString('hex')}` +
      '8877665544332211' +
      '02000000' +
      '03000000' +
      '04000000' +
      '05000000' +
      '000000000000b040' + // 4096 as f64
      'efbeadde' +
      '06000000' +
      '02000000' +
      '00000000',
  );
});

test('every header comes back as it was sent', () => {
  fc.assert(
    fc.property(headers, ({ payloadBytes, payloadCheck, ...fields }) => {
      expect(decodeHeader(encodeHeader(fields, payloadBytes, payloadCheck))).toEqual({
        ...fields,
        payloadBytes,
        payloadCheck,
      });
    }),
  );
});

test('a header with one flipped bit is malformed, whichever bit it is', () => {
  const bytes = encodeHeader({ type: 'GRADIENT', job: 99n, step: 7 }, 640, 123);
  for (let bit = 0; bit < 512; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => decodeHeader(damaged)).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
  }
});

test('64 bytes of noise are malformed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (noise) => {
      expect(() => decodeHeader(noise)).toThrow(expect.objectContaining({ code: 'FRAME_MALFORMED' }));
    }),
    { numRuns: 2_000 },
  );
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, MAX_PAYLOAD_BYTES + 1])(
  'a payload of %d bytes is malformed',
  (payloadBytes) => {
    expect(() => decodeHeader(encodeHeader({ type: 'GRADIENT' }, payloadBytes, null))).toThrow(
      `its payload would have ${payloadBytes} bytes`,
    );
  },
);

test('the job key is the first 8 bytes of SHA-256, little-endian', () => {
  // SHA-256("abc") = ba7816bf 8f01cfea …
  expect(jobKey('abc')).toBe(0xeacf018fbf1678ban);
});
