import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescentError } from '@descent/errors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify, lockHolder, takeLock } from './lock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-lock-'));
  path = join(folder, 'stack.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Above the largest process id of Linux. */
const nobody = 4_194_305;

test('a folder that is locked cannot be locked again until it is released', () => {
  const lock = takeLock(path, folder);
  expect(lockHolder(path)?.pid).toBe(process.pid);
  expect(() => takeLock(path, folder)).toThrow(
    new DescentError('STACK_RUNNING', { dataDir: folder, pid: process.pid }),
  );
  lock.release();
  expect(existsSync(path)).toBe(false);
  takeLock(path, folder).release();
});

test.each([
  ['whose process is gone', JSON.stringify({ pid: nobody, started: '1' })],
  ['whose process id has another process by now', JSON.stringify({ pid: process.pid, started: 'before' })],
  ['that was cut off', '{"pid":'],
])('a lock %s is taken over', (_what, text) => {
  writeFileSync(path, text);
  expect(lockHolder(path)).toBeNull();
  takeLock(path, folder).release();
});

test('a folder that is not there cannot be locked', () => {
  expect(() => takeLock(join(folder, 'nowhere', 'stack.lock'), folder)).toThrow(/DATA_DIR|cannot be used/);
});

test('a process keeps its identity', () => {
  expect(identify(process.pid)).toEqual(identify(process.pid));
});
