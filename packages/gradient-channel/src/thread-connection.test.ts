import { MessageChannel } from 'node:worker_threads';
import { DescentError } from '@descent/errors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChannelConnection, ChannelHandlers } from './connection.ts';
import { decodeJson } from './json-payload.ts';
import { connectThread } from './thread-connection.ts';

/** One end: what it has heard, in order, and a way to wait for more. */
interface End {
  readonly connection: ChannelConnection;
  readonly heard: string[];
  readonly payloads: Uint8Array[];
  target: ChannelHandlers['target'];
  until(what: string): Promise<void>;
}

const gradient = { type: 'GRADIENT', job: 7n, incarnation: 1, step: 3 } as const;
const large = 300_000;
let worker: End;
let server: End;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  worker = openEnd(port1, 'server');
  server = openEnd(port2, 'worker');
});
afterEach(() => {
  worker.connection.destroy();
});

function openEnd(port: Parameters<typeof connectThread>[0], receives: 'server' | 'worker'): End {
  const waiting = new Map<string, () => void>();
  const hear = (what: string) => {
    end.heard.push(what);
    waiting.get(what)?.();
  };
  const end = {
    heard: [] as string[],
    payloads: [] as Uint8Array[],
    target: (({ payloadBytes }) => new Uint8Array(payloadBytes)) as ChannelHandlers['target'],
    until: (what: string) =>
      new Promise<void>((resolve) => {
        if (end.heard.includes(what)) resolve();
        else waiting.set(what, resolve);
      }),
  };
  const connection = connectThread(port, receives, () => ({
    target: (header) => end.target(header),
    frame(header, payload) {
      end.payloads.push(payload);
      hear(header.type);
    },
    refused: (header, error) => hear(`refused ${header.type} ${error.code}`),
    closed: (error) => hear(`closed ${error === null ? 'well' : error.message}`),
  }));
  return Object.assign(end, { connection });
}

const noise = (bytes: Uint8Array) => bytes.map((_, index) => (index * 31 + 7) & 255);

test('frames arrive in order, with their payloads', async () => {
  const payload = noise(new Uint8Array(large));
  worker.connection.sendJson({ type: 'FAILED' }, new DescentError('INTERNAL', {}).toBody());
  worker.connection.send(gradient, [payload.subarray(0, 1000), payload.subarray(1000)]);
  worker.connection.send({ type: 'READY', job: 7n });
  await server.until('READY');
  expect(server.heard).toEqual(['FAILED', 'GRADIENT', 'READY']);
  expect(decodeJson('FAILED', server.payloads[0]!).code).toBe('INTERNAL');
  expect(server.payloads[1]).toEqual(payload);
});

test.each([100, large])('a payload of %i bytes may be written over after onSent', async (bytes) => {
  const payload = noise(new Uint8Array(bytes));
  const expected = payload.slice();
  await new Promise<void>((resolve) => {
    worker.connection.send(gradient, [payload], () => {
      payload.fill(0);
      resolve();
    });
  });
  await server.until('GRADIENT');
  expect(server.payloads).toEqual([expected]);
});

test('shared memory is lent until the other end has copied it', async () => {
  const payload = new Uint8Array(new SharedArrayBuffer(large)).fill(5);
  let sent = false;
  server.connection.send({ type: 'PARAMETERS', version: 1 }, [payload], (error) => {
    sent = error === null;
  });
  await Promise.resolve();
  expect([sent, server.connection.bufferedBytes]).toEqual([false, large]);
  await worker.until('PARAMETERS');
  expect(worker.payloads[0]).toEqual(new Uint8Array(large).fill(5));
  server.connection.send({ type: 'ACCEPTED' });
  await worker.until('ACCEPTED');
  worker.connection.send({ type: 'READY' });
  await server.until('READY');
  expect([sent, server.connection.bufferedBytes]).toEqual([true, 0]);
});

test('onSent is called in the order of the sends', async () => {
  const order: string[] = [];
  const lent = new Uint8Array(new SharedArrayBuffer(large));
  server.connection.send({ type: 'PARAMETERS' }, [lent], () => order.push('lent'));
  await new Promise<void>((resolve) => {
    server.connection.send({ type: 'ACCEPTED' }, [], () => {
      order.push('short');
      resolve();
    });
  });
  expect(order).toEqual(['lent', 'short']);
});

test('a frame that is refused passes by, and the next one is read', async () => {
  server.target = () => new DescentError('FRAME_MALFORMED', { problem: 'nobody asked' });
  worker.connection.send(gradient, [new Uint8Array(large)]);
  worker.connection.send({ type: 'READY' });
  await server.until('READY');
  expect(server.heard).toEqual(['refused GRADIENT FRAME_MALFORMED', 'READY']);
});

test('a frame that only the other end sends closes the connection, and both ends hear of it', async () => {
  worker.connection.send({ type: 'ACCEPTED' });
  await worker.until('closed well');
  expect(server.heard).toEqual([expect.stringContaining('a worker does not send ACCEPTED')]);
  expect(server.connection.isOpen).toBe(false);
});

test('what was sent before close arrives; what is sent after it is answered with CHANNEL_CLOSED', async () => {
  worker.connection.send(gradient, [noise(new Uint8Array(large))]);
  worker.connection.close();
  const error = await new Promise<Error | null>((resolve) => {
    worker.connection.send({ type: 'READY' }, [], resolve);
  });
  expect(error).toMatchObject({ code: 'CHANNEL_CLOSED' });
  await server.until('closed well');
  expect(server.heard).toEqual(['GRADIENT', 'closed well']);
});

test('what is lent when the connection breaks comes back with an error', async () => {
  server.target = () => new Uint8Array(large);
  const lent = new Uint8Array(new SharedArrayBuffer(large));
  const error = new Promise<Error | null>((resolve) => {
    server.connection.send({ type: 'PARAMETERS' }, [lent], resolve);
  });
  server.connection.destroy(new Error('enough'));
  expect(await error).toMatchObject({ message: 'enough' });
  await worker.until('closed well');
});
