import { once } from 'node:events';
import { chmod, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescentError } from '@descent/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { type ConnectOptions, connectChannel } from './connect.ts';
import type { ChannelConnection, ChannelHandlers } from './connection.ts';
import { encodeHeader, type FrameHeader } from './frame.ts';
import { decodeJson, encodeJson } from './json-payload.ts';
import { type ChannelServer, type ChannelServerOptions, createChannelServer } from './server.ts';

/** The part of WebAssembly that this test needs; the ES libraries of TypeScript leave it to the DOM. */
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
};

type Event =
  | { readonly kind: 'frame'; readonly header: FrameHeader; readonly payload: Uint8Array }
  | { readonly kind: 'refused'; readonly header: FrameHeader; readonly error: DescentError }
  | { readonly kind: 'closed'; readonly error: Error | null };

/** One end: what it saw, in order, and a way to wait for the next thing. */
class End {
  readonly events: Event[] = [];
  connection!: ChannelConnection;
  target: ChannelHandlers['target'] = (header) => new Uint8Array(header.payloadBytes);
  onFrame: (header: FrameHeader) => void = () => {};
  #taken = 0;
  #wake: () => void = () => {};

  readonly connected = (connection: ChannelConnection): ChannelHandlers => {
    this.connection = connection;
    return {
      target: (header) => this.target(header),
      frame: (header, payload) => {
        this.#add({ kind: 'frame', header, payload });
        this.onFrame(header);
      },
      refused: (header, error) => {
        this.#add({ kind: 'refused', header, error });
        this.connection.refuse(header, error);
      },
      closed: (error) => this.#add({ kind: 'closed', error }),
    };
  };

  async next(): Promise<Event> {
    while (this.events.length === this.#taken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.events[this.#taken++]!;
  }

  #add(event: Event): void {
    this.events.push(event);
    this.#wake();
  }
}

const join1 = { worker: 'w1', numericsClass: 'reference', lease: '0.0.x', wantsPlan: true, holds: 2 };

function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 31 + 7) & 255;
  return bytes;
}

const closeOf = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

let folder: string;
const servers: ChannelServer[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'descent-channel-'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true });
});

const addresses = { unix: () => `unix:${folder}/channel`, tcp: () => 'tcp:127.0.0.1:0' };

async function serve(options: Partial<ChannelServerOptions> & Pick<ChannelServerOptions, 'address'>) {
  const end = new End();
  const server = await createChannelServer({ connected: end.connected, ...options });
  servers.push(server);
  return { server, end };
}

async function pair(
  kind: 'unix' | 'tcp',
  serverOptions: Partial<ChannelServerOptions> = {},
  clientOptions: ConnectOptions = {},
) {
  const { server, end } = await serve({ address: addresses[kind](), ...serverOptions });
  const worker = new End();
  await connectChannel(server.address, worker.connected, clientOptions);
  worker.connection.sendJson({ type: 'JOIN', job: 5n }, join1);
  const joined = await end.next();
  expect(joined).toMatchObject({ kind: 'frame', header: { type: 'JOIN', job: 5n } });
  return { server, end, worker };
}

/** A peer that speaks bytes, not frames. */
async function raw(address: string): Promise<Socket> {
  const parsed = parseAddress(address);
  const socket = parsed.kind === 'unix' ? connect(parsed.path) : connect(parsed.port, parsed.host);
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

describe.each(['unix', 'tcp'] as const)('over %s', (kind) => {
  test('both ends hear each other', async () => {
    const { end, worker } = await pair(kind);
    end.connection.sendJson({ type: 'WELCOME' }, { plan: null, elements: 3 });
    end.connection.send({ type: 'PARAMETERS', version: 7 }, [noise(12)]);
    const welcome = await worker.next();
    expect(welcome.kind === 'frame' && decodeJson('WELCOME', welcome.payload)).toEqual({
      plan: null,
      elements: 3,
    });
    expect(await worker.next()).toMatchObject({
      header: { type: 'PARAMETERS', version: 7 },
      payload: noise(12),
    });
  });

  test.each(['plain', 'with checksums'])(
    '10 MB land in the given buffer of either end, %s',
    async (checks) => {
      const checksum = checks !== 'plain';
      const { end, worker } = await pair(kind, { checksum }, { checksum });
      const sent = noise(10_000_000);
      const memory = new WebAssembly.Memory({ initial: 160 });
      const targets = {
        up: new Uint8Array(memory.buffer, 64, sent.length),
        down: new Uint8Array(sent.length),
      };
      end.target = () => targets.up;
      worker.target = () => targets.down;
      worker.connection.send({ type: 'GRADIENT' }, [sent.subarray(0, 64), sent.subarray(64)]);
      end.connection.send({ type: 'PARAMETERS' }, [sent]);
      const up = await end.next();
      const down = await worker.next();
      expect(up.kind === 'frame' && up.payload === targets.up && up.header.payloadCheck !== null).toBe(
        checksum,
      );
      expect(down.kind === 'frame' && down.payload === targets.down).toBe(true);
      expect(Buffer.compare(targets.up, sent)).toBe(0);
      expect(Buffer.compare(targets.down, sent)).toBe(0);
    },
  );

  test('a refused payload is dropped, answered, and the stream stays in step', async () => {
    const { end, worker } = await pair(kind);
    end.target = (header) =>
      header.step === 1 ? new DescentError('GRADIENT_LATE', { step: 1, current: 2 }) : new Uint8Array(8);
    worker.connection.send({ type: 'GRADIENT', step: 1, microBatch: 3, assignment: 9 }, [noise(3_000_000)]);
    worker.connection.send({ type: 'GRADIENT', step: 2 }, [noise(9)]);
    worker.connection.send({ type: 'GRADIENT', step: 2 }, [noise(8)]);
    expect(await end.next()).toMatchObject({ kind: 'refused', error: { code: 'GRADIENT_LATE' } });
    expect(await end.next()).toMatchObject({ kind: 'refused', error: { code: 'FRAME_LENGTH' } });
    expect(await end.next()).toMatchObject({ kind: 'frame', payload: noise(8) });
    const answer = await worker.next();
    expect(answer).toMatchObject({ header: { type: 'REFUSED', step: 1, microBatch: 3, assignment: 9 } });
    expect(answer.kind === 'frame' && decodeJson('REFUSED', answer.payload)).toMatchObject({
      code: 'GRADIENT_LATE',
      details: { step: 1, current: 2 },
    });
  });

  test('onSent waits for a slow reader, keeps the order, and is called once each', async () => {
    const { server, end } = await serve({ address: addresses[kind]() });
    const slow = await raw(server.address);
    const payload = encodeJson('HEARTBEAT', { worker: 'w', lease: 'l' });
    slow.write(Buffer.concat([encodeHeader({ type: 'HEARTBEAT' }, payload.length, null), payload]));
    await end.next();
    const { connection } = end;
    slow.pause();
    const order: number[] = [];
    const parameters = noise(8_000_000);
    const sent = [0, 1, 2].map(
      (index) =>
        new Promise<Error | null>((resolve) => {
          connection.send({ type: 'PARAMETERS', version: index }, [parameters], (error) => {
            order.push(index);
            resolve(error);
          });
        }),
    );
    // A round trip on another connection: whatever the kernel would take by itself has been taken by now.
    await raw(server.address).then((other) => closeOf(other.end()));
    expect(order.length).toBeLessThan(3);
    expect(connection.bufferedBytes).toBeGreaterThan(8_000_000);
    let received = 0;
    slow.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    slow.resume();
    expect(await Promise.all(sent)).toEqual([null, null, null]);
    expect(order).toEqual([0, 1, 2]);
    expect(connection.bufferedBytes).toBe(0);
    connection.close();
    await closeOf(slow);
    expect(received).toBe(3 * (64 + 8_000_000));
  });

  test('a connection that closes with queued sends gives every buffer back', async () => {
    const { server, end } = await serve({ address: addresses[kind]() });
    const stuck = await raw(server.address);
    stuck.pause();
    while (end.connection === undefined) await new Promise((resolve) => setImmediate(resolve));
    const sent = [0, 1].map(
      () =>
        new Promise<Error | null>((resolve) => {
          end.connection.send({ type: 'PARAMETERS' }, [noise(8_000_000)], resolve);
        }),
    );
    end.connection.destroy();
    for (const error of await Promise.all(sent)) expect(error).toMatchObject({ code: 'CHANNEL_CLOSED' });
    expect(await end.next()).toEqual({ kind: 'closed', error: null });
    const late = await new Promise((resolve) => end.connection.send({ type: 'ACCEPTED' }, [], resolve));
    expect(late).toMatchObject({ code: 'CHANNEL_CLOSED' });
    expect(server.connections.size).toBe(0);
  });

  test('close sends what is queued first', async () => {
    const { end, worker } = await pair(kind);
    worker.connection.send({ type: 'GRADIENT' }, [noise(5_000_000)]);
    worker.connection.sendJson({ type: 'LEAVE' }, { reason: 'done' });
    worker.connection.close();
    expect(worker.connection.isOpen).toBe(false);
    expect(await end.next()).toMatchObject({ header: { type: 'GRADIENT' } });
    expect(await end.next()).toMatchObject({ header: { type: 'LEAVE' } });
    expect(await end.next()).toEqual({ kind: 'closed', error: null });
    expect(await worker.next()).toEqual({ kind: 'closed', error: null });
  });

  test('a peer that half-closes inside a frame is closed with the reason', async () => {
    const { server, end } = await serve({ address: addresses[kind]() });
    const half = await raw(server.address);
    half.end(encodeHeader({ type: 'JOIN' }, 100, null));
    expect(await end.next()).toMatchObject({
      error: { code: 'CHANNEL_CLOSED', details: { problem: 'it ended inside a frame' } },
    });
    expect(server.connections.size).toBe(0);
  });

  test('a peer that sends noise is closed and takes nobody with it', async () => {
    const { server, end, worker } = await pair(kind);
    const other = end.connection;
    const hostile = await raw(server.address);
    hostile.write(noise(1000));
    await closeOf(hostile);
    expect(await end.next()).toMatchObject({ kind: 'closed', error: { code: 'FRAME_MALFORMED' } });
    expect([...server.connections]).toEqual([other]);
    worker.connection.sendJson({ type: 'LEAVE' }, { reason: 'still here' });
    expect(await end.next()).toMatchObject({ header: { type: 'LEAVE' } });
  });

  test('a peer that begins with a gradient gets no buffer', async () => {
    const { server, end } = await serve({ address: addresses[kind]() });
    let asked = 0;
    end.target = () => {
      asked++;
      return new Uint8Array(8);
    };
    const hostile = await raw(server.address);
    hostile.write(encodeHeader({ type: 'GRADIENT' }, 8, null));
    await closeOf(hostile);
    expect(await end.next()).toMatchObject({
      error: { message: expect.stringContaining('begins with JOIN') },
    });
    expect(asked).toBe(0);
  });

  test('a peer that never joins is closed', async () => {
    const { server, end } = await serve({ address: addresses[kind](), joinTimeoutMs: 20 });
    const silent = await raw(server.address);
    silent.resume();
    await closeOf(silent);
    expect(await end.next()).toMatchObject({ error: { code: 'CHANNEL_JOIN_TIMEOUT' } });
  });

  test('a worker too many is told so', async () => {
    const { server } = await pair(kind, { maxConnections: 1 });
    const second = new End();
    await connectChannel(server.address, second.connected);
    const answer = await second.next();
    expect(answer.kind === 'frame' && decodeJson('REFUSED', answer.payload).code).toBe('CHANNEL_FULL');
    expect(await second.next()).toEqual({ kind: 'closed', error: null });
  });

  test('what a handler throws closes that connection only', async () => {
    const { server, end, worker } = await pair(kind);
    end.onFrame = () => {
      throw new RangeError('a bug');
    };
    worker.connection.sendJson({ type: 'LEAVE' }, { reason: '' });
    await end.next();
    expect(await end.next()).toMatchObject({ kind: 'closed', error: { message: 'a bug' } });
    expect(await worker.next()).toEqual({ kind: 'closed', error: null });
    expect(server.connections.size).toBe(0);
  });

  test('aborting the signal closes the connection', async () => {
    const controller = new AbortController();
    const { end, worker } = await pair(kind, {}, { signal: controller.signal });
    controller.abort();
    expect(await worker.next()).toEqual({ kind: 'closed', error: null });
    expect(await end.next()).toEqual({ kind: 'closed', error: null });
    await expect(
      connectChannel('tcp:127.0.0.1:1', worker.connected, { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'CHANNEL_UNREACHABLE' });
  });

  test('closing the server closes its connections and frees the address', async () => {
    const { server, worker } = await pair(kind);
    await server.close();
    expect((await worker.next()).kind).toBe('closed');
    await expect(connectChannel(server.address, worker.connected)).rejects.toMatchObject({
      code: 'CHANNEL_UNREACHABLE',
      entry: { retryable: true },
    });
    expect((await serve({ address: server.address })).server.address).toBe(server.address);
  });

  test('an address in use is refused, and its owner keeps it', async () => {
    const { server } = await serve({ address: addresses[kind]() });
    await expect(serve({ address: server.address })).rejects.toMatchObject({
      code: 'CHANNEL_ADDRESS_IN_USE',
    });
    await raw(server.address);
  });
});

test('only the owner may use the socket file', async () => {
  await serve({ address: addresses.unix() });
  expect((await stat(join(folder, 'channel'))).mode & 0o777).toBe(0o600);
});

test('a socket file that a killed process left behind is taken over', async () => {
  const path = join(folder, 'channel');
  const left = createServer();
  await new Promise<void>((resolve) => left.listen(`${path}.old`, resolve));
  await rename(`${path}.old`, path);
  await new Promise((resolve) => left.close(resolve));
  await chmod(path, 0o644);
  const { server } = await serve({ address: `unix:${path}` });
  await raw(server.address);
});

test('an ordinary file in the place of the socket is not removed', async () => {
  await writeFile(join(folder, 'channel'), 'precious');
  await expect(serve({ address: addresses.unix() })).rejects.toMatchObject({
    code: 'CHANNEL_ADDRESS_IN_USE',
  });
  expect((await stat(join(folder, 'channel'))).size).toBe(8);
});

test.each([
  ['http://x', 'it must be unix:/path or tcp:host:port'],
  ['unix:relative', 'the path must begin with /'],
  [`unix:/${'x'.repeat(107)}`, 'the path has 108 bytes; the system allows 107'],
  ['tcp:host:65536', 'port 65536 does not exist'],
  ['tcp:::1:80', 'it must be unix:/path or tcp:host:port'],
])('%s is not an address', async (address, problem) => {
  await expect(serve({ address })).rejects.toMatchObject({
    code: 'CHANNEL_ADDRESS_INVALID',
    details: { problem },
  });
});

test('an IPv6 address keeps its brackets', () => {
  expect(parseAddress('tcp:[::1]:80')).toEqual({ kind: 'tcp', host: '::1', port: 80 });
});
