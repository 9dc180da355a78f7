import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProxy, type TestProxy } from './start-proxy.ts';

let echo: Server;
let proxy: TestProxy;
let far: Socket[];
const open: Socket[] = [];
beforeEach(async () => {
  far = [];
  echo = createServer((socket) => {
    far.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port }, () => 0);
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

async function client(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  open.push(socket);
  await once(socket, 'connect');
  return socket;
}
async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString('latin1');
}

test('what passes is unchanged, and counted', async () => {
  expect(await ask(await client(), 'hello')).toBe('hello');
  expect(proxy.bytes).toBe(10);
});

test('with corruption one bit of a chunk differs', async () => {
  const socket = await client();
  await ask(socket, 'a');
  proxy.line.corrupt = 0.5;
  const arrived = once(far[0]!, 'data');
  socket.write('hello');
  expect(String((await arrived)[0])).toBe('iello');
});

test('a partition holds back what one worker sends and hears, and lets others pass', async () => {
  const [one, two] = [await client(), await client()];
  await ask(one, '"worker":"one"');
  await ask(two, '"worker":"two"');
  proxy.partition('one', true);
  const late = ask(one, 'late');
  expect(await ask(two, 'other')).toBe('other');
  expect(await Promise.race([late, Promise.resolve('nothing yet')])).toBe('nothing yet');
  proxy.partition('one', false);
  expect(await late).toBe('late');
});

test('a half-open connection is closed at the server and open at the client', async () => {
  const socket = await client();
  await ask(socket, 'hello');
  const closed = once(far[0]!, 'close');
  proxy.halfOpen();
  await closed;
  socket.write('into nothing');
  expect(socket.readyState).toBe('open');
});

test('a slow line passes so many bytes per second', async () => {
  const socket = await client();
  proxy.line.bytesPerSecond = 1_000;
  const begun = performance.now();
  let received = 0;
  socket.write(Buffer.alloc(200));
  for await (const data of socket) {
    received += (data as Buffer).byteLength;
    if (received === 200) break;
  }
  expect(performance.now() - begun).toBeGreaterThan(95);
});

test('a long stream over a slow reader leaves no listeners behind', async () => {
  const socket = await client();
  const warnings: Error[] = [];
  const hear = (warning: Error) => void warnings.push(warning);
  process.on('warning', hear);
  const bytes = 32 * 1_048_576;
  let received = 0;
  socket.write(Buffer.alloc(bytes));
  for await (const data of socket) {
    received += (data as Buffer).byteLength;
    if (received === bytes) break;
    // Turns in which the others fill every buffer on the way.
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  process.off('warning', hear);
  expect(warnings).toEqual([]);
});
