import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import { decodeHeader, type FrameHeader, HEADER_BYTES, malformed } from './frame.ts';
import { frameRules, type Sender, type TensorFrameType } from './frame-type.ts';

/** Who receives the frames of one stream. */
export interface FrameSink {
  /** Where the payload goes, or why it is refused. A buffer of another length is a refusal with FRAME_LENGTH. */
  target(header: FrameHeader<TensorFrameType>): Uint8Array | DescentError;
  /**
   * The first `bytes` bytes of a tensor payload are there, so that work on it may begin while the rest arrives. The checksum
   * is not known yet: nothing may count before `frame`.
   */
  arrived?(header: FrameHeader<TensorFrameType>, bytes: number): void;
  /** A whole frame with a valid checksum; `payload` is the target itself. */
  frame(header: FrameHeader, payload: Uint8Array): void;
  /** The payload of a refused frame has passed by. */
  refused(header: FrameHeader, error: DescentError): void;
}

/**
 * header ──▶ payload ──▶ header      accepted: the bytes go straight into their target
 *        └─▶ dropping ─▶ header      refused: they go to a scratch buffer, so the stream stays in step
 */
type State =
  | { readonly at: 'header' }
  | {
      readonly at: 'payload';
      readonly header: FrameHeader;
      readonly target: Uint8Array;
      readonly checked: boolean;
    }
  | { readonly at: 'dropping'; readonly header: FrameHeader; readonly error: DescentError };

/** Refused bytes of all connections of this thread; written to, never read. */
const scratch = new Uint8Array(64 * 1024);
const inHeader: State = { at: 'header' };
const nothing = new Uint8Array(0);

/** Cuts a byte stream into frames without copying it: the socket writes to `space()`, then `advance` is called. */
export class FrameReader {
  readonly #sender: Sender;
  readonly #sink: FrameSink;
  readonly #headerBytes = new Uint8Array(HEADER_BYTES);
  #state: State = inHeader;
  /** Bytes of the present header or payload that have arrived. */
  #received = 0;
  #check = 0;

  /** @param sender the end that the frames come from; frames that only the other end sends are malformed */
  constructor(sender: Sender, sink: FrameSink) {
    this.#sender = sender;
    this.#sink = sink;
  }

  /** True when the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#state.at === 'header' && this.#received === 0;
  }

  /** Where the next bytes of the stream belong. Never empty, and never beyond the present frame. */
  space(): Uint8Array {
    const state = this.#state;
    switch (state.at) {
      case 'header':
        return this.#headerBytes.subarray(this.#received);
      case 'payload':
        return state.target.subarray(this.#received);
      case 'dropping':
        return scratch.subarray(0, Math.min(scratch.byteLength, state.header.payloadBytes - this.#received));
      default:
        return state satisfies never;
    }
  }

  /**
   * Says that `bytes` bytes were written to the front of `space()`.
   *
   * @throws DescentError FRAME_MALFORMED, FRAME_CHECKSUM: the stream cannot be trusted any further
   */
  advance(bytes: number): void {
    const state = this.#state;
    const from = this.#received;
    this.#received += bytes;
    switch (state.at) {
      case 'header':
        if (this.#received === HEADER_BYTES) this.#begin(decodeHeader(this.#headerBytes));
        return;
      case 'payload':
        // Piece by piece while the bytes are in the cache: one pass over 40 MB at the end would cost 10 ms more.
        if (state.checked) this.#check = crc32(state.target.subarray(from, this.#received), this.#check);
        this.#sink.arrived?.(state.header as FrameHeader<TensorFrameType>, this.#received);
        if (this.#received === state.header.payloadBytes) this.#complete(state.header, state.target);
        return;
      case 'dropping':
        if (this.#received === state.header.payloadBytes) this.#refuse(state.header, state.error);
        return;
      default:
        state satisfies never;
    }
  }

  #begin(header: FrameHeader): void {
    const target = this.#targetOf(header);
    this.#received = 0;
    this.#check = 0;
    if (target instanceof DescentError) {
      this.#state = { at: 'dropping', header, error: target };
      if (header.payloadBytes === 0) this.#refuse(header, target);
      return;
    }
    this.#state = { at: 'payload', header, target, checked: header.payloadCheck !== null };
    if (header.payloadBytes === 0) this.#complete(header, target);
  }

  /** The limits are checked here, before anything of a length that the peer chose is allocated. */
  #targetOf(header: FrameHeader): Uint8Array | DescentError {
    const { sender, payload } = frameRules[header.type];
    if (sender !== this.#sender) throw malformed(`a ${this.#sender} does not send ${header.type}`);
    switch (payload.kind) {
      case 'own':
        if (header.payloadBytes > payload.atMost) {
          throw malformed(
            `a ${header.type} payload has at most ${payload.atMost} bytes, not ${header.payloadBytes}`,
          );
        }
        return header.payloadBytes === 0 ? nothing : new Uint8Array(header.payloadBytes);
      case 'tensor': {
        const target = this.#sink.target(header as FrameHeader<TensorFrameType>);
        return target instanceof DescentError || target.byteLength === header.payloadBytes
          ? target
          : wrongLength(header, target.byteLength);
      }
      default:
        return payload satisfies never;
    }
  }

  #complete(header: FrameHeader, payload: Uint8Array): void {
    this.#state = inHeader;
    this.#received = 0;
    if (header.payloadCheck !== null && header.payloadCheck !== this.#check) {
      throw new DescentError('FRAME_CHECKSUM', { type: header.type });
    }
    this.#sink.frame(header, payload);
  }

  #refuse(header: FrameHeader, error: DescentError): void {
    this.#state = inHeader;
    this.#received = 0;
    this.#sink.refused(header, error);
  }
}

/** The refusal of a tensor frame whose length is not the one that belongs there. */
export function wrongLength(header: FrameHeader, expectedBytes: number): DescentError<'FRAME_LENGTH'> {
  const { type, payloadBytes: actualBytes } = header;
  return new DescentError('FRAME_LENGTH', { type, actualBytes, expectedBytes });
}
