import type { OnReadOpts, Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import { encodeHeader, type FrameFields, type FrameHeader } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import type { Sender } from './frame-type.ts';
import { encodeJson, type JsonFrameType, type JsonPayload } from './json-payload.ts';

/**
 * What a connection tells its owner: synchronously, in the order of the stream. What a handler throws closes the
 * connection and comes to `closed`, so that one bad peer costs one connection.
 *
 * The buffer that `target` gives belongs to the channel until `frame` or `closed`; views of WebAssembly memory are
 * fine, as long as that memory does not grow meanwhile.
 */
export interface ChannelHandlers extends FrameSink {
  /** Called once, last. null: one of the ends closed the connection between two frames. */
  closed(error: Error | null): void;
}

export type OnSent = (error: Error | null) => void;

export interface ChannelConnection {
  /** The other end, for logs: `unix:/path` or `tcp:host:port`. */
  readonly peer: string;
  /** Bytes handed to `send` that the kernel has not taken yet. */
  readonly bufferedBytes: number;
  readonly isOpen: boolean;
  /**
   * Queues one frame; neither blocks nor copies: the parts must not change before `onSent`.
   * `onSent` is called exactly once, in the order of the sends: with null when the kernel has taken all bytes, with
   * CHANNEL_CLOSED when the connection closed before. Either way the parts are free again.
   */
  send(fields: FrameFields, payload?: readonly Uint8Array[], onSent?: OnSent): void;
  sendJson<Type extends JsonFrameType>(fields: FrameFields<Type>, body: JsonPayload<Type>): void;
  /** Answers a frame with REFUSED: its job, incarnation, step, micro-batches, version and assignment are echoed. */
  refuse(header: FrameHeader, error: DescentError): void;
  /** Sends what is queued, for at most 2 s, then closes. Frames that still arrive are dropped. */
  close(): void;
  /** Closes now. */
  destroy(error?: Error): void;
}

/** Time for the other end to take what is queued and to close too. */
const CLOSE_MS = 2_000;
const dropped = new Uint8Array(64 * 1024);
const unbound: FrameSink = {
  target: () => new DescentError('FRAME_MALFORMED', { problem: 'the connection is not open yet' }),
  frame: () => {},
  refused: () => {},
};

/**
 * opening ──open()──▶ open ──close()──▶ closing ──▶ closed
 *                       └──────destroy(), end, error──┘
 * `onread` goes to the constructor of the socket; `open` follows in the same tick in which the socket is connected.
 */
export class Connection implements ChannelConnection {
  readonly onread: OnReadOpts;
  readonly #reader: FrameReader;
  readonly #unsent: OnSent[] = [];
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  #sink: FrameSink = unbound;
  #socket: Socket | undefined;
  #peer = '';
  #checksum = false;
  #reason: Error | null = null;
  #resolveEnded: () => void = () => {};
  /** Resolves after `closed` was called. */
  readonly ended = new Promise<void>((resolve) => {
    this.#resolveEnded = resolve;
  });

  /** @param receives the end that the frames come from which this end reads */
  constructor(receives: Sender) {
    this.#reader = new FrameReader(receives, {
      target: (header) => this.#sink.target(header),
      arrived: (header, bytes) => this.#sink.arrived?.(header, bytes),
      frame: (header, payload) => this.#sink.frame(header, payload),
      refused: (header, error) => this.#sink.refused(header, error),
    });
    this.onread = {
      // Node asks for the first buffer when it makes the socket, before `open`.
      buffer: () => (this.#state === 'closing' ? dropped : this.#reader.space()),
      callback: (bytes) => this.#received(bytes),
    };
  }

  open(
    socket: Socket,
    options: { readonly peer: string; readonly checksum: boolean },
    connected: (connection: ChannelConnection) => ChannelHandlers,
  ): void {
    this.#socket = socket;
    this.#peer = options.peer;
    this.#checksum = options.checksum;
    this.#state = 'open';
    let handlers: ChannelHandlers | undefined;
    socket.on('error', (cause) => this.destroy(this.#closedBecause(cause.message, cause)));
    socket.on('end', () =>
      this.destroy(this.#reader.isBetweenFrames ? undefined : this.#closedBecause('it ended inside a frame')),
    );
    socket.once('close', () => {
      const error = this.#reason ?? (this.#unsent.length === 0 ? null : this.#closedBecause('it was closed'));
      this.#state = 'closed';
      for (const onSent of this.#unsent.splice(0)) onSent(error);
      handlers?.closed(this.#reason);
      this.#resolveEnded();
    });
    try {
      handlers = connected(this);
      this.#sink = handlers;
    } catch (error) {
      this.destroy(error as Error);
      throw error;
    }
  }

  get peer(): string {
    return this.#peer;
  }

  get bufferedBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  send(fields: FrameFields, payload: readonly Uint8Array[] = [], onSent: OnSent = () => {}): void {
    const socket = this.#socket;
    if (socket === undefined || this.#state !== 'open') {
      const error = this.#reason ?? this.#closedBecause('it was closed');
      process.nextTick(() => onSent(error));
      return;
    }
    const parts = payload.filter((part) => part.byteLength > 0);
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const check = this.#checksum ? parts.reduce((crc, part) => crc32(part, crc), 0) : null;
    this.#unsent.push(onSent);
    // Corked writes leave as one writev: a header alone would be a packet, and a system call, of its own.
    socket.cork();
    const last = parts.length;
    [encodeHeader(fields, bytes, check), ...parts].forEach((part, index) => {
      socket.write(part, index === last ? this.#sent : undefined);
    });
    socket.uncork();
  }

  sendJson<Type extends JsonFrameType>(fields: FrameFields<Type>, body: JsonPayload<Type>): void {
    this.send(fields, [encodeJson(fields.type, body)]);
  }

  refuse(header: FrameHeader, error: DescentError): void {
    this.sendJson(refusalOf(header), error.toBody());
  }

  close(): void {
    const socket = this.#socket;
    if (socket === undefined || this.#state !== 'open') return;
    this.#state = 'closing';
    // Closing with unread bytes would send a TCP reset, which may overtake what the peer has not read yet: we read on
    // until the peer closes too.
    socket.end();
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  destroy(error?: Error): void {
    if (this.#state === 'closed' || this.#socket?.destroyed) return;
    if (this.#state === 'open') this.#reason = error ?? null;
    this.#state = 'closing';
    this.#socket?.destroy();
  }

  readonly #sent = (error?: Error | null): void => {
    // After a failure the rest is answered on 'close', when the kernel is certain to be done with the buffers.
    if (error == null && !this.#socket?.destroyed) this.#unsent.shift()?.(null);
  };

  #received(bytes: number): boolean {
    if (this.#state !== 'open') return !this.#socket?.destroyed;
    try {
      this.#reader.advance(bytes);
    } catch (error) {
      this.destroy(error as Error);
    }
    return !this.#socket?.destroyed;
  }

  #closedBecause(problem: string, cause?: Error): DescentError<'CHANNEL_CLOSED'> {
    return channelClosed(this.#peer, problem, cause);
  }
}

/** What a REFUSED frame echoes. */
export function refusalOf(header: FrameHeader): FrameFields<'REFUSED'> {
  const { job, incarnation, step, microBatch, count, version, assignment } = header;
  return { type: 'REFUSED', job, incarnation, step, microBatch, count, version, assignment };
}

export function channelClosed(peer: string, problem: string, cause?: Error): DescentError<'CHANNEL_CLOSED'> {
  return new DescentError('CHANNEL_CLOSED', { peer, problem }, cause && { cause });
}
