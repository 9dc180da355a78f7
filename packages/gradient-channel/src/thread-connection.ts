import type { MessagePort } from 'node:worker_threads';
import type { DescentError } from '@descent/errors';
import {
  type ChannelConnection,
  type ChannelHandlers,
  channelClosed,
  type OnSent,
  refusalOf,
} from './connection.ts';
import { encodeHeader, type FrameFields, type FrameHeader } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import type { Sender } from './frame-type.ts';
import { encodeJson, type JsonFrameType, type JsonPayload } from './json-payload.ts';

/** Longer payloads go through shared memory; below, handing it back costs more than one more copy. */
const shortBytes = 16 * 1024;
/** Bytes that are handed on at once, so that work on them finds them in the cache. */
const pieceBytes = 256 * 1024;
const peer = 'a thread of this process';

/** One frame: header and payload. Parts in shared memory are not copied on the way; they are lent until they are read. */
type Packet = readonly Uint8Array[];

interface Message {
  readonly packets: readonly Packet[];
  /** Packets of the receiver of this message, of those that lend, that have been read since the last one. */
  readonly read: number;
}

interface Sent {
  readonly onSent: OnSent;
  /** The sender may write over the payload. */
  isFree: boolean;
}

/** What the other end has to read before its memory is free again. */
interface Lent {
  readonly sent: Sent;
  readonly bytes: number;
  /** Memory of this connection that a payload was copied to; undefined: the payload itself was lent. */
  readonly box: SharedArrayBuffer | undefined;
}

/**
 * One end of a connection between two threads of a process: the frames of a socket. A payload in shared memory is copied
 * once, to where it belongs; any other is copied to shared memory first. Both cost a tenth of a socket
 * (docs/performance.md). Nothing between two threads flips a bit, so there are no checksums. What is sent in one turn of
 * the event loop travels in one message.
 *
 * @param receives the end that the frames come from which this end reads
 */
export function connectThread(
  port: MessagePort,
  receives: Sender,
  connected: (connection: ChannelConnection) => ChannelHandlers,
): ChannelConnection {
  const connection = new ThreadConnection(port, receives);
  connection.open(connected);
  return connection;
}

class ThreadConnection implements ChannelConnection {
  readonly peer = peer;
  readonly #port: MessagePort;
  readonly #reader: FrameReader;
  #sink: FrameSink | undefined;
  #isOpen = true;
  #reason: Error | null = null;
  #packets: Packet[] = [];
  #read = 0;
  readonly #unsent: Sent[] = [];
  readonly #lent: Lent[] = [];
  #isFlushing = false;
  readonly #free: SharedArrayBuffer[] = [];
  #bufferedBytes = 0;

  constructor(port: MessagePort, receives: Sender) {
    this.#port = port;
    this.#reader = new FrameReader(receives, {
      target: (header) => this.#sink!.target(header),
      arrived: (header, bytes) => this.#sink!.arrived?.(header, bytes),
      frame: (header, payload) => this.#sink!.frame(header, payload),
      refused: (header, error) => this.#sink!.refused(header, error),
    });
  }

  open(connected: (connection: ChannelConnection) => ChannelHandlers): void {
    const handlers = connected(this);
    this.#sink = handlers;
    this.#port.once('close', () => {
      this.#isOpen = false;
      const error = this.#reason ?? channelClosed(peer, 'it was closed');
      for (const { onSent } of this.#unsent.splice(0)) onSent(error);
      handlers.closed(this.#reason);
    });
    this.#port.on('message', (message: Message) => this.#receive(message));
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(fields: FrameFields, payload: readonly Uint8Array[] = [], onSent: OnSent = () => {}): void {
    if (!this.#isOpen) {
      const error = this.#reason ?? channelClosed(peer, 'it was closed');
      process.nextTick(() => onSent(error));
      return;
    }
    const bytes = payload.reduce((sum, part) => sum + part.byteLength, 0);
    const sent: Sent = { onSent, isFree: false };
    this.#unsent.push(sent);
    this.#packets.push([encodeHeader(fields, bytes, null), ...this.#carried(payload, bytes, sent)]);
    this.#flushSoon();
  }

  sendJson<Type extends JsonFrameType>(fields: FrameFields<Type>, body: JsonPayload<Type>): void {
    this.send(fields, [encodeJson(fields.type, body)]);
  }

  refuse(header: FrameHeader, error: DescentError): void {
    this.sendJson(refusalOf(header), error.toBody());
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#flush();
    this.#isOpen = false;
    this.#port.close();
  }

  destroy(error?: Error): void {
    if (!this.#isOpen) return;
    this.#reason = error ?? null;
    this.#isOpen = false;
    this.#port.close();
  }

  /** The payload as it travels. */
  #carried(payload: readonly Uint8Array[], bytes: number, sent: Sent): Packet {
    if (bytes > 0 && payload.every(isShared)) {
      this.#lent.push({ sent, bytes, box: undefined });
      this.#bufferedBytes += bytes;
      return payload;
    }
    sent.isFree = true;
    const box = bytes > shortBytes ? this.#boxFor(bytes) : undefined;
    const whole = box === undefined ? new Uint8Array(bytes) : new Uint8Array(box, 0, bytes);
    let at = 0;
    for (const part of payload) {
      whole.set(part, at);
      at += part.byteLength;
    }
    if (box !== undefined) {
      this.#lent.push({ sent, bytes, box });
      this.#bufferedBytes += bytes;
    }
    return [whole];
  }

  /** The smallest free box that the payload fits; sizes are few, so boxes are soon of the right ones. */
  #boxFor(bytes: number): SharedArrayBuffer {
    const fitting = this.#free.filter((box) => box.byteLength >= bytes);
    if (fitting.length === 0) return new SharedArrayBuffer(bytes);
    const box = fitting.reduce((best, other) => (other.byteLength < best.byteLength ? other : best));
    this.#free.splice(this.#free.indexOf(box), 1);
    return box;
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      if (this.#isOpen) this.#flush();
    });
  }

  #flush(): void {
    const message: Message = { packets: this.#packets, read: this.#read };
    this.#packets = [];
    this.#read = 0;
    if (message.packets.length + message.read > 0) this.#port.postMessage(message);
    this.#settle();
  }

  /** In the order of the sends. */
  #settle(): void {
    while (this.#unsent[0]?.isFree) this.#unsent.shift()!.onSent(null);
  }

  #receive({ packets, read }: Message): void {
    for (const { sent, bytes, box } of this.#lent.splice(0, read)) {
      sent.isFree = true;
      if (box !== undefined) this.#free.push(box);
      this.#bufferedBytes -= bytes;
    }
    this.#settle();
    for (const parts of packets) {
      if (!this.#isOpen) return;
      try {
        for (const part of parts) this.#take(part);
      } catch (error) {
        this.destroy(error as Error);
        return;
      }
      if (!parts.some(isShared)) continue;
      this.#read++;
      this.#flushSoon();
    }
  }

  #take(part: Uint8Array): void {
    let at = 0;
    while (at < part.byteLength) {
      const space = this.#reader.space();
      const bytes = Math.min(space.byteLength, part.byteLength - at, pieceBytes);
      space.set(part.subarray(at, at + bytes));
      this.#reader.advance(bytes);
      at += bytes;
    }
  }
}

function isShared({ buffer }: Uint8Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}
