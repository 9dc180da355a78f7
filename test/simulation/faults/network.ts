import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import type { ChannelConnection, ChannelHandlers, FrameFields } from '@descent/gradient-channel';
import { encodeHeader } from '../../../packages/gradient-channel/src/frame.ts';
import { FrameReader } from '../../../packages/gradient-channel/src/frame-reader.ts';
import { encodeJson } from '../../../packages/gradient-channel/src/json-payload.ts';
import type { Random } from '../../../packages/testkit/src/random.ts';
import type { Process, VirtualTime } from './virtual-time.ts';

/** What the network does to a worker's frames; changed by faults. */
export interface Weather {
  /** Nothing arrives in either direction, and no end hears of it. */
  readonly cutOff: ReadonlySet<Process>;
  /** Share of frames in which a byte is flipped, of gradients sent twice, of frames after which the connection breaks. */
  corrupt: number;
  duplicate: number;
  sever: number;
  /** Longest delay of a frame, in milliseconds. */
  delayMs: number;
}

export interface Listener {
  readonly process: Process;
  connected(connection: ChannelConnection): ChannelHandlers;
}

export interface Network {
  readonly weather: Weather;
  listen(address: string, listener: Listener): void;
  connect(
    from: Process,
    address: string,
    connected: (connection: ChannelConnection) => ChannelHandlers,
  ): Promise<ChannelConnection>;
  cut(process: Process): void;
  heal(process: Process): void;
  /** The operating system closes what a killed process had open. */
  closeAllOf(process: Process): void;
}

/** How often a lost packet is sent again. */
const retryMs = 50;
/** How often the connections of a process never come back after it was cut off. */
const forgottenShare = 0.3;

/** Connections as the gradient channel makes them, with the real frames, checksums and reader, in virtual time. */
export function createNetwork(time: VirtualTime, random: Random): Network {
  const cutOff = new Set<Process>();
  const weather: Weather = { cutOff, corrupt: 0, duplicate: 0, sever: 0, delayMs: 1 };
  const listeners = new Map<string, Listener>();
  const ends = new Set<End>();

  class End implements ChannelConnection {
    readonly process: Process;
    readonly peer: string;
    other!: End;
    isOpen = true;
    readonly bufferedBytes = 0;
    #handlers: ChannelHandlers | undefined;
    #reader: FrameReader;
    #arrivesAt = 0;
    readonly #inFlight: (() => void)[] = [];
    /** The network lost this connection without telling anybody: half-open for good. */
    isForgotten = false;

    constructor(process: Process, peer: string, sends: 'worker' | 'server') {
      this.process = process;
      this.peer = peer;
      this.#reader = new FrameReader(sends, {
        target: (header) => this.#handlers!.target(header),
        arrived: (header: never, bytes: number) =>
          (this.#handlers as { arrived?(header: never, bytes: number): void }).arrived?.(header, bytes),
        frame: (header, payload) => this.#handlers!.frame(header, payload),
        refused: (header, error) => this.#handlers!.refused(header, error),
      } as ConstructorParameters<typeof FrameReader>[1]);
      ends.add(this);
    }

    open(connected: (connection: ChannelConnection) => ChannelHandlers): void {
      this.#handlers = connected(this);
    }

    send(fields: FrameFields, payload: readonly Uint8Array[] = [], onSent?: (error: Error | null) => void) {
      if (!this.isOpen) {
        const error = new DescentError('CHANNEL_CLOSED', { peer: this.peer, problem: 'it was closed' });
        if (onSent !== undefined) time.after(0, this.process, () => onSent(error));
        return;
      }
      const body = Buffer.concat(payload);
      const bytes = Buffer.concat([encodeHeader(fields, body.byteLength, crc32(body)), body]);
      // The kernel takes the bytes a moment later.
      if (onSent !== undefined) time.after(0.01, this.process, () => onSent(null));
      const times = fields.type === 'GRADIENT' && random.chance(weather.duplicate) ? 2 : 1;
      for (let copy = 0; copy < times; copy++) this.#post(bytes);
    }

    #post(bytes: Uint8Array): void {
      if (random.chance(weather.corrupt)) {
        bytes = Uint8Array.from(bytes);
        bytes[random.integer(0, bytes.byteLength - 1)]! ^= 1 << random.integer(0, 7);
      }
      const severs = random.chance(weather.sever);
      this.#arrivesAt = Math.max(this.#arrivesAt, time.now + random.between(0.05, weather.delayMs));
      this.#deliver(this.#arrivesAt - time.now, () => (severs ? this.#sever() : this.other.#receive(bytes)));
    }

    /** In order; while an end is cut off it waits, as it would be sent again and again. */
    #deliver(afterMs: number, arrive: () => void): void {
      time.after(afterMs, this.other.process, () => {
        this.#inFlight.push(arrive);
        if (this.#inFlight.length === 1) this.#pass();
      });
    }

    #pass(): void {
      const { other } = this;
      if (this.isForgotten) return;
      if (weather.cutOff.has(this.process) || weather.cutOff.has(other.process)) {
        time.after(retryMs, other.process, () => this.#pass());
        return;
      }
      for (const arrive of this.#inFlight.splice(0)) arrive();
    }

    #receive(bytes: Uint8Array): void {
      if (!this.isOpen) return;
      try {
        for (let at = 0; at < bytes.byteLength && this.isOpen; ) {
          const space = this.#reader.space();
          const part = bytes.subarray(at, at + space.byteLength);
          space.set(part);
          at += part.byteLength;
          this.#reader.advance(part.byteLength);
        }
      } catch (error) {
        this.destroy(error as Error);
      }
    }

    sendJson(fields: Parameters<ChannelConnection['sendJson']>[0], body: never): void {
      this.send(fields, [encodeJson(fields.type, body)]);
    }

    refuse(header: Parameters<ChannelConnection['refuse']>[0], error: DescentError): void {
      const { job, incarnation, step, microBatch, version, assignment } = header;
      const fields = { type: 'REFUSED', job, incarnation, step, microBatch, version, assignment } as const;
      this.sendJson(fields, error.toBody() as never);
    }

    close(): void {
      this.destroy();
    }

    destroy(error?: Error): void {
      if (!this.isOpen) return;
      this.#end(error ?? null);
      this.#hangUp();
    }

    #sever(): void {
      const error = new DescentError('CHANNEL_CLOSED', { peer: this.peer, problem: 'it broke' });
      for (const end of [this as End, this.other]) {
        time.after(0.1, end.process, () => end.#end(error));
      }
    }

    /** The other end hears of it, if the network lets it. */
    #hangUp(): void {
      const delayMs = Math.max(0.1, this.#arrivesAt - time.now + 0.01);
      this.#deliver(delayMs, () => this.other.#end(null));
    }

    #end(error: Error | null): void {
      if (!this.isOpen) return;
      this.isOpen = false;
      ends.delete(this);
      const handlers = this.#handlers;
      time.after(0, this.process, () => handlers?.closed(error));
    }

    processDied(): void {
      this.isOpen = false;
      ends.delete(this);
      this.#hangUp();
    }
  }

  return {
    weather,
    listen: (address, listener) => void listeners.set(address, listener),
    connect: (from, address, connected) =>
      new Promise((resolve, reject) => {
        const listener = listeners.get(address);
        const unreachable = (problem: string) =>
          new DescentError('CHANNEL_UNREACHABLE', { address, problem });
        if (weather.cutOff.has(from) || (listener && weather.cutOff.has(listener.process))) {
          time.after(5_000, from, () => reject(unreachable('no answer within 5000 ms')));
          return;
        }
        if (listener === undefined || listener.process.state === 'dead') {
          time.after(1, from, () => reject(unreachable('connect ECONNREFUSED')));
          return;
        }
        time.after(random.between(0.1, weather.delayMs), from, () => {
          if (listener.process.state === 'dead') {
            reject(unreachable('connect ECONNREFUSED'));
            return;
          }
          const near = new End(from, address, 'server');
          const far = new End(listener.process, from.name, 'worker');
          near.other = far;
          far.other = near;
          near.open(connected);
          // Before the first frame, which takes longer.
          time.after(0.01, listener.process, () => far.open(listener.connected));
          resolve(near);
        });
      }),
    cut(process) {
      cutOff.add(process);
      if (!random.chance(forgottenShare)) return;
      for (const end of ends) {
        if (end.process !== process) continue;
        end.isForgotten = true;
        end.other.isForgotten = true;
      }
    },
    heal: (process) => void cutOff.delete(process),
    closeAllOf(process) {
      for (const end of [...ends]) if (end.process === process) end.processDied();
    },
  };
}
