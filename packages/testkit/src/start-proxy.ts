import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a proxy does to what passes through it, in both directions. */
export interface Line {
  /** Share of chunks (at most 16 KiB) in which one bit is changed. */
  corrupt: number;
  delayMs: number;
  bytesPerSecond: number;
  /** Nothing passes, and neither end hears of it; what was sent meanwhile arrives later. */
  partitioned: boolean;
}

export interface TestProxy {
  /** Where the clients connect: the address of the proxy in the form of the target. */
  readonly port: number;
  /** For all connections; change it at any time. */
  readonly line: Line;
  /** Connections from this name alone (the first bytes say `"worker":"NAME"`) are cut off, old and new ones. */
  partition(worker: string, isCut: boolean): void;
  /** Closes the server's end of every connection and leaves the client's open: half-open. */
  halfOpen(): void;
  readonly bytes: number;
  close(): Promise<void>;
}

export interface ProxyTarget {
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
}

const chunkBytes = 16_384;

/** A network of one's own on loopback, for faults that a real one would have. */
export async function startProxy(
  target: ProxyTarget,
  random: () => number = Math.random,
): Promise<TestProxy> {
  const line: Line = { corrupt: 0, delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, partitioned: false };
  const cut = new Set<string>();
  const pairs = new Set<Pair>();
  let bytes = 0;

  class Pair {
    readonly client: Socket;
    readonly server: Socket;
    worker: string | undefined;
    isHalfOpen = false;

    constructor(client: Socket) {
      this.client = client;
      this.server = connect(target as { path: string });
      // Small frames would wait for one another's acknowledgements, 40 ms each.
      for (const end of [client, this.server]) end.setNoDelay(true);
      pairs.add(this);
      this.#pipe(client, this.server);
      this.#pipe(this.server, client);
      for (const [one, other] of [
        [client, this.server],
        [this.server, client],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => {
          if (this.isHalfOpen && one === this.server) return;
          // A partition hides the end of a connection too.
          void this.#passable().then(() => other.destroy());
          pairs.delete(this);
        });
      }
    }

    get #isCut(): boolean {
      return line.partitioned || (this.worker !== undefined && cut.has(this.worker));
    }

    async #passable(): Promise<void> {
      while (this.#isCut) await later(20);
    }

    #pipe(from: Socket, to: Socket): void {
      let previous = Promise.resolve();
      from.on('data', (data: Buffer) => {
        this.worker ??= /"worker":"([^"]+)"/.exec(data.toString('latin1', 0, 1_024))?.[1];
        from.pause();
        const arrives = performance.now() + line.delayMs;
        previous = previous.then(() => this.#forward(data, arrives, to)).then(() => void from.resume());
      });
      from.on('end', () => {
        previous = previous.then(() => void (this.isHalfOpen || to.end()));
      });
    }

    async #forward(data: Buffer, arrives: number, to: Socket): Promise<void> {
      await later(arrives - performance.now());
      for (let rest = data; rest.byteLength > 0; ) {
        const chunk = rest.subarray(0, pieceOf(line));
        rest = rest.subarray(chunk.byteLength);
        await this.#passable();
        if (random() < line.corrupt)
          chunk[Math.floor(random() * chunk.byteLength)]! ^= 1 << Math.floor(random() * 8);
        if (to.destroyed || !to.writable) return;
        bytes += chunk.byteLength;
        if (!to.write(chunk)) await drained(to);
        if (Number.isFinite(line.bytesPerSecond))
          await later((1_000 * chunk.byteLength) / line.bytesPerSecond);
      }
    }
  }

  const server: Server = createServer((socket) => void new Pair(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    line,
    partition: (worker, isCut) => void (isCut ? cut.add(worker) : cut.delete(worker)),
    halfOpen() {
      for (const pair of pairs) {
        pair.isHalfOpen = true;
        pair.server.destroy();
      }
    },
    get bytes() {
      return bytes;
    },
    async close() {
      cut.clear();
      line.partitioned = false;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { client, server: far } of pairs) {
        client.destroy();
        far.destroy();
      }
      await closed;
    },
  };
}

function later(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

/** Bytes that pass at once: on a line without faults all that is there. */
function pieceOf({ corrupt, bytesPerSecond }: Line): number {
  if (corrupt === 0 && !Number.isFinite(bytesPerSecond)) return Number.POSITIVE_INFINITY;
  // A slow line passes ten pieces per second.
  return Math.min(chunkBytes, Math.max(1, Math.floor(bytesPerSecond / 10)));
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
