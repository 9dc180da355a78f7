import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { whenReachable } from './when-reachable.ts';

test('waits for a service that is not there yet, and says so once', async () => {
  const server = createServer((_, response) => void response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const url = `http://127.0.0.1:${port}`;
  const told: string[] = [];
  const there = whenReachable(url, (problem) => {
    told.push(problem);
    server.listen(port, '127.0.0.1');
  });
  await there;
  expect(told).toEqual([`waiting for the api at ${url}: connect ECONNREFUSED 127.0.0.1:${port}`]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
