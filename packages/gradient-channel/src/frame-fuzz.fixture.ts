import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import { encodeHeader, HEADER_BYTES } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameType, type FrameTypeName } from './frame-type.ts';
import { decodeJson, encodeJson } from './json-payload.ts';
import { createLease, verifyLease } from './lease.ts';

/** What became of fuzzed frames, by error code. `accepted`: a frame that a server would have acted on. */
export interface FuzzedFrames {
  readonly accepted: number;
  readonly refused: ReadonlyMap<string, number>;
}

const types = Object.keys(FrameType) as FrameTypeName[];
const [ours, theirs] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const job = { jobId: 'job_01JTESTTESTTESTTESTTESTTES', incarnation: 1 };
const now = 1_000_000;
const forgedLease = createLease(theirs, { ...job, serial: 0, expiresAt: now + 1000 });

/**
 * Sends so many hostile frames to a reader as a parameter server has it, each on a connection of its own: noise, sound frames
 * with flipped bits, and forged ones, whose header and checksum are right and whose content is not (wrong direction, absurd
 * lengths, text that is no JSON, fields of other kinds, a lease under another key). What is thrown and is no error of the
 * catalogue is passed on: that is a crash.
 */
export function fuzzFrames(frames: number, seed: number): FuzzedFrames {
  const random = createRandom(seed);
  const refused = new Map<string, number>();
  let accepted = 0;
  const refuse = ({ code }: DescentError) => void refused.set(code, (refused.get(code) ?? 0) + 1);
  for (let index = 0; index < frames; index++) {
    const bytes = makers[random(makers.length)]!(random);
    try {
      accepted += deliver(bytes, refuse);
    } catch (error) {
      if (!(error instanceof DescentError)) throw error;
      refuse(error);
    }
  }
  return { accepted, refused };
}

type Random = (below: number) => number;

/** Frames that would have been acted on. A stream that ends within a frame is refused by the connection. */
function deliver(bytes: Uint8Array, refuse: (error: DescentError) => void): number {
  let accepted = 0;
  const reader = new FrameReader('worker', {
    target: ({ type }) => new DescentError('FRAME_MALFORMED', { problem: `${type} before JOIN` }),
    frame({ type }, payload) {
      if (type !== 'JOIN' && type !== 'HEARTBEAT')
        throw new DescentError('FRAME_MALFORMED', { problem: `a connection does not begin with ${type}` });
      verifyLease(ours, decodeJson(type, payload).lease, job, now);
      accepted++;
    },
    refused: (_, error) => refuse(error),
  });
  for (let offset = 0; offset < bytes.length; ) {
    const space = reader.space();
    const size = Math.min(space.byteLength, bytes.length - offset);
    space.set(bytes.subarray(offset, offset + size));
    offset += size;
    reader.advance(size);
  }
  if (!reader.isBetweenFrames) refuse(new DescentError('FRAME_MALFORMED', { problem: 'it ends too soon' }));
  return accepted;
}

const makers: readonly ((random: Random) => Uint8Array)[] = [
  noise,
  (random) => flipped(join(random), random),
  (random) => flipped(frame('GRADIENT', noise(random), random), random),
  (random) => frame(types[random(types.length)]!, noise(random), random),
  (random) => frame('JOIN', text(random), random),
  (random) => frame('HEARTBEAT', text(random), random),
  join,
  (random) => frame('JOIN', flipped(body(random), random), random),
  absurdLength,
  (random) => join(random).subarray(0, 1 + random(HEADER_BYTES + 20)),
];

function noise(random: Random): Uint8Array {
  return Uint8Array.from({ length: 1 + random(200) }, () => random(256));
}

/** JSON of a shape that was not asked for. */
function text(random: Random): Uint8Array {
  const kinds = [
    '{}',
    '[]',
    'null',
    '{"worker":1}',
    `{"worker":"w","lease":"${'x'.repeat(random(400))}"}`,
    '{"__proto__":{"lease":"x"}}',
    `${'['.repeat(random(2000))}`,
    `{"worker":"w","numericsClass":"c","lease":"0.9.${'A'.repeat(43)}","wantsPlan":true,"holds":${random(20)}}`,
  ];
  return Buffer.from(kinds[random(kinds.length)]!);
}

function body(random: Random): Uint8Array {
  return encodeJson('JOIN', {
    worker: `w${random(1000)}`,
    numericsClass: 'class',
    lease: forgedLease,
    wantsPlan: true,
    holds: 1 + random(8),
  });
}

function join(random: Random): Uint8Array {
  return frame('JOIN', body(random), random);
}

/** Header and checksum are right. */
function frame(type: FrameTypeName, payload: Uint8Array, random: Random): Uint8Array {
  const fields = {
    type,
    incarnation: random(2 ** 32),
    step: random(2 ** 32),
    version: random(2 ** 32),
    assignment: random(2 ** 32),
  };
  return Buffer.concat([encodeHeader(fields, payload.length, crc32(payload)), payload]);
}

function absurdLength(random: Random): Uint8Array {
  return encodeHeader({ type: types[random(types.length)]! }, 2 ** (10 + random(26)), null);
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let flips = 1 + random(4); flips > 0; flips--) copy[random(copy.length)]! ^= 1 << random(8);
  return copy;
}

/** Mulberry32: the same frames for the same seed. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
