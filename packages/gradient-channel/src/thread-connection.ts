import type { MessagePort } from 'node:worker_threads';
import type { DescentError } from '@descent/errors';
import {
  type ChannelConnection,
  type ChannelHandlers,
  channelClosed,
  type OnSent,
  refusalOf,
} from './connection.ts';
import { encodeHeader, type FrameFields, type FrameHeader, HEADER_BYTES } from './frame.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import type { Sender } from './frame-type.ts';
import { encodeJson, type JsonFrameType, type JsonPayload } from './json-payload.ts';

/** Longer frames go through shared memory; below, handing it back costs more than one more copy. */
const shortBytes = 16 * 1024;
/** Bytes that are handed on at once, so that work on them finds them in the cache. */
const pieceBytes = 256 * 1024;
const peer = 'a thread of this process';

/** A whole frame: as it is, or in memory that goes back to its sender. */
type Packet = Uint8Array | { readonly box: SharedArrayBuffer; readonly bytes: number };

interface Message {
  readonly packets: readonly Packet[];
  /** Boxes of the receiver of this message, free again. */
  readonly emptied: readonly SharedArrayBuffer[];
}

/**
 * One end of a connection between two threads of a process: the frames of a socket, but each payload is copied once into
 * shared memory and once out of it, which costs a tenth of what a socket does (docs/performance.md). Nothing between
 * two threads flips a bit, so there are no checksums. What is sent in one turn of the event loop travels in one message.
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
  #emptied: SharedArrayBuffer[] = [];
  #unsent: OnSent[] = [];
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
      this.#settle(this.#reason ?? channelClosed(peer, 'it was closed'));
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
    const payloadBytes = payload.reduce((sum, part) => sum + part.byteLength, 0);
    const bytes = HEADER_BYTES + payloadBytes;
    const isShort = bytes <= shortBytes;
    const box = isShort ? undefined : this.#boxFor(bytes);
    const whole = box === undefined ? new Uint8Array(bytes) : new Uint8Array(box, 0, bytes);
    let at = 0;
    for (const part of [encodeHeader(fields, payloadBytes, null), ...payload]) {
      whole.set(part, at);
      at += part.byteLength;
    }
    this.#bufferedBytes += box?.byteLength ?? 0;
    this.#packets.push(box === undefined ? whole : { box, bytes });
    this.#unsent.push(onSent);
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

  /** The smallest free box that the frame fits; sizes are few, so boxes are soon of the right ones. */
  #boxFor(bytes: number): SharedArrayBuffer {
    let best = -1;
    this.#free.forEach((box, index) => {
      if (
        box.byteLength >= bytes &&
        box.byteLength < (this.#free[best]?.byteLength ?? Number.POSITIVE_INFINITY)
      )
        best = index;
    });
    const [box] = best < 0 ? [] : this.#free.splice(best, 1);
    return box ?? new SharedArrayBuffer(bytes);
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
    const message: Message = { packets: this.#packets, emptied: this.#emptied };
    this.#packets = [];
    this.#emptied = [];
    if (message.packets.length + message.emptied.length > 0) this.#port.postMessage(message);
    this.#settle(null);
  }

  #settle(error: Error | null): void {
    for (const onSent of this.#unsent.splice(0)) onSent(error);
  }

  #receive({ packets, emptied }: Message): void {
    for (const box of emptied) {
      this.#bufferedBytes -= box.byteLength;
      this.#free.push(box);
    }
    for (const packet of packets) {
      if (!this.#isOpen) return;
      try {
        this.#read(packet instanceof Uint8Array ? packet : new Uint8Array(packet.box, 0, packet.bytes));
      } catch (error) {
        this.destroy(error as Error);
        return;
      }
      if (packet instanceof Uint8Array) continue;
      this.#emptied.push(packet.box);
      this.#flushSoon();
    }
  }

  #read(frame: Uint8Array): void {
    let at = 0;
    while (at < frame.byteLength) {
      const space = this.#reader.space();
      const bytes = Math.min(space.byteLength, frame.byteLength - at, pieceBytes);
      space.set(frame.subarray(at, at + bytes));
      this.#reader.advance(bytes);
      at += bytes;
    }
  }
}
