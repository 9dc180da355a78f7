import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runDescent, type Stack, startStack } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 2 });
});
afterAll(() => stack?.stop());

test('every part of the stack runs as a process of its own', () => {
  const names = stack.processes().map(({ name, phase }) => `${name} ${phase}`);
  expect(names.filter((name) => !name.startsWith('queue'))).toEqual([
    'api running',
    'parameter-server running',
    'worker-1 running',
    'worker-2 running',
  ]);
  expect(new Set(stack.processes().map(({ pid }) => pid)).size).toBe(stack.processes().length);
});

test('the token that `up` prints opens the api, and no token does not', async () => {
  expect((await fetch(`${stack.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${stack.url}/v1/jobs`)).status).toBe(401);
  expect((await stack.client.jobs.list()).jobs).toEqual([]);
});

test('on the same machine other commands find the stack by its data folder, without options for address and token', async () => {
  const { code, stdout } = await runDescent(['ls', '--json'], { env: { DESCENT_DATA_DIR: stack.dataDir } });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '[]\n' });
});

test('secrets in the data folder are readable by their owner alone', () => {
  for (const name of ['stack.json', 'service-token', 'bootstrap-token']) {
    expect.soft(statSync(join(stack.dataDir, name)).mode & 0o077, name).toBe(0);
  }
});

test('a second `up` on the same data folder is refused, and the first one stays', async () => {
  const { code, stdout, stderr } = await runDescent(['up', '--port', '0', '--data-dir', stack.dataDir]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`A service already runs on ${stack.dataDir} (process ${stack.pid})`);
  expect((await fetch(`${stack.url}/readyz`)).status).toBe(200);
});

test('a port that is taken is refused before anything starts', async () => {
  const { port } = new URL(stack.url);
  const { code, stderr } = await runDescent([
    'up',
    '--port',
    port,
    '--data-dir',
    join(stack.dataDir, 'other'),
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken`);
});

test.each(['worker-1', 'parameter-server', 'queue'])('%s is started again after SIGKILL', async (name) => {
  const row = await stack.replace(name);
  expect(row.starts).toBe(2);
  expect(stack.stderr).toContain(`${name} was ended by SIGKILL`);
  await expect.poll(async () => (await fetch(`${stack.url}/readyz`)).status, { timeout: 10_000 }).toBe(200);
});

test('an api that is killed comes back at the same address', async () => {
  await stack.replace('api');
  expect((await stack.client.jobs.list()).jobs).toEqual([]);
});

test('a worker that is drained ends, and is not started again', async () => {
  const { client } = stack;
  const worker = (await client.cluster.workers()).find(({ name }) => name === 'worker-2')!;
  await client.cluster.steerWorker(worker.id, 'drain');
  const row = await stack.whenProcess('worker-2', ({ phase }) => phase === 'stopped');
  expect(row).toMatchObject({ pid: null, starts: 1 });
  expect(stack.stderr).toContain('worker-2 leaves: it was drained');
  expect(
    stack
      .processes()
      .filter(({ phase }) => phase === 'running')
      .map(({ name }) => name),
  ).toContain('worker-1');
});

test('each part logs JSON lines to a file of its own', () => {
  for (const name of ['api', 'parameter-server', 'worker-1', 'worker-2']) {
    const lines = readFileSync(join(stack.dataDir, 'logs', `${name}.log`), 'utf8')
      .trim()
      .split('\n');
    expect
      .soft(JSON.parse(lines[0] ?? ''), name)
      .toMatchObject({ level: expect.any(Number), time: expect.any(String) });
  }
});

test('SIGTERM stops everything within 10 s, and stdout held one line: {"url","token"}', async () => {
  const { stdout } = await stack.stop();
  expect(stdout).toBe(`${JSON.stringify({ url: stack.url, token: stack.token })}\n`);
});

test('a supervisor that is killed takes its processes with it', async () => {
  const other = await startStack({ workers: 1 });
  const pids = other.processes().flatMap(({ pid }) => pid ?? []);
  process.kill(other.pid, 'SIGKILL');
  await expect(other.stop()).rejects.toThrow();
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
