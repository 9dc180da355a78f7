import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findLeaks } from './find-leaks.ts';

const listen = (server: Server, where: object) =>
  new Promise<void>((resolve) => server.listen(where, () => resolve()));

test('a process, a socket and a port that stay are found, and nothing once they are gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'descent-leaks-'));
  const mark = `leak-${process.pid}-${Date.now()}`;
  const socket = createServer();
  const port = createServer();
  await listen(socket, { path: join(folder, 'left.sock') });
  await listen(port, { host: '127.0.0.1', port: 0 });
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
    env: { DESCENT_TEST_STACK: mark },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const { port: number } = port.address() as { port: number };
  const scope = { mark, pids: [child.pid ?? 0], folder, url: `http://127.0.0.1:${number}` };

  expect(await findLeaks(scope)).toEqual([
    expect.stringMatching(new RegExp(`^process ${child.pid}: .*setInterval`)),
    `socket ${join(folder, 'left.sock')}`,
    `port of http://127.0.0.1:${number}`,
  ]);

  child.kill('SIGKILL');
  await Promise.all([once(child, 'exit'), once(socket.close(), 'close'), once(port.close(), 'close')]);
  expect(await findLeaks(scope)).toEqual([]);
  rmSync(folder, { recursive: true });
});
