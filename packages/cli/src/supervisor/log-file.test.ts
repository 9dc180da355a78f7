import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-log-'));
  path = join(folder, 'api.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a start keeps the log of the run before it as .1', () => {
  for (const line of ['first run', 'second run', 'third run']) {
    const log = openLogFile(path);
    log.write(line);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('third run\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('second run\n');
});

test('a log that grows over its limit is turned over, and no line is cut', () => {
  const log = openLogFile(path, { limitBytes: 20 });
  for (const line of ['12345678', '12345678', 'abcdefgh']) log.write(line);
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('abcdefgh\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('12345678\n12345678\n');
});

test('a line that cannot be written is dropped', () => {
  const log = openLogFile(path);
  log.close();
  expect(() => log.write('too late')).not.toThrow();
});
