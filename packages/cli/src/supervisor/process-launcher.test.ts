import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLauncher, type PartDefinition } from './process-launcher.ts';
import type { StackEvent } from './stack-state.ts';

let logDir: string;
beforeEach(() => {
  logDir = mkdtempSync(join(tmpdir(), 'descent-launcher-'));
});
afterEach(() => rmSync(logDir, { recursive: true }));

/** Runs `script` as the one part and resolves with what was told when it has ended. */
function run(script: string, change: Partial<PartDefinition> = {}) {
  const told: string[] = [];
  const messages: unknown[] = [];
  const part: PartDefinition = {
    name: 'part',
    needs: [],
    stopRank: 0,
    stopWithinMs: 1_000,
    readyWithinMs: 1_000,
    readiness: 'message',
    command: () => ({ file: process.execPath, args: ['-e', script], env: process.env }),
    ...change,
  };
  const launcher = createLauncher({
    parts: [part],
    logDir,
    clock: () => 7,
    tell: (text) => void told.push(text),
    onReady: (_name, message) => void messages.push(message),
    onUnleashed: () => {},
  });
  const events: StackEvent[] = [];
  const over = new Promise<void>((resolve) => {
    launcher.spawn('part', 1, (event) => {
      events.push(event);
      if (event.type === 'ready') launcher.signal('part', 'SIGTERM');
      if (event.type === 'exited') resolve();
    });
  });
  return over.then(() => {
    launcher.close();
    return { told, messages, events };
  });
}

test('a part is ready when it says so over IPC, and is stopped by a signal', async () => {
  const { messages, events } =
    await run(`process.send({ type: 'hello' }); process.send({ type: 'ready', url: 'u' });
    setInterval(() => {}, 1000);`);
  expect(messages).toEqual([{ type: 'ready', url: 'u' }]);
  expect(events).toEqual([
    { type: 'ready', name: 'part', atMs: 7 },
    { type: 'exited', name: 'part', atMs: 7, problem: 'was ended by SIGTERM' },
  ]);
});

test('a part may say that it leaves for good', async () => {
  const { events } = await run(
    `process.send({ type: 'left', reason: 'it was drained' }, () => process.disconnect());`,
  );
  expect(events).toEqual([
    { type: 'left', name: 'part', reason: 'it was drained' },
    { type: 'exited', name: 'part', atMs: 7, problem: 'ended with exit code 0' },
  ]);
});

test('the last error that a process logged is its problem; errors are told, and all lines are in the log', async () => {
  const line = JSON.stringify({ level: 60, msg: 'no disk' });
  const { told, events } = await run(`console.log('hello'); console.error('${line}'); process.exitCode = 3;
    process.disconnect();`);
  expect(told).toEqual(['part: no disk']);
  expect(events).toMatchObject([{ type: 'exited', problem: 'ended with exit code 3: no disk' }]);
  expect(readFileSync(join(logDir, 'part.log'), 'utf8').trim().split('\n').sort()).toEqual(['hello', line]);
});

test('a process that throws says what', async () => {
  const { events } = await run(`throw new TypeError('x is odd')`);
  expect(events).toMatchObject([{ problem: 'ended with exit code 1: TypeError: x is odd' }]);
});

test('a program that is not there has exited', async () => {
  const command = () => ({ file: '/nowhere/redis-server', args: [], env: {} });
  const { events } = await run('', { command, readiness: () => new Promise(() => {}) });
  expect(events).toMatchObject([{ type: 'exited', problem: expect.stringContaining('ENOENT') }]);
});
