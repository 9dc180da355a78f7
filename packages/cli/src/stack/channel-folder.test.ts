import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createChannelFolder } from './channel-folder.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'descent-channel-'));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const socketOf = (address: string) => address.replace(/^unix:/, '');

test('the socket lies in the data folder, closed to others', () => {
  const folder = createChannelFolder(join(scratch, 'data'), scratch);
  expect(folder.address).toBe(`unix:${join(scratch, 'data', 'run', 'channel.sock')}`);
  expect(statSync(dirname(socketOf(folder.address))).mode & 0o777).toBe(0o700);
  folder.remove();
  expect(existsSync(join(scratch, 'data', 'run'))).toBe(false);
});

test('a data folder too deep for a socket gets a short folder of its own', () => {
  const deep = join(scratch, 'd'.repeat(100));
  const { address } = createChannelFolder(deep, scratch);
  expect(socketOf(address)).toMatch(/^.*\/descent-[0-9a-f]{12}\/channel\.sock$/);
  expect(Buffer.byteLength(socketOf(address))).toBeLessThanOrEqual(103);
  expect(createChannelFolder(join(scratch, 'e'.repeat(100)), scratch).address).not.toBe(address);
});

test('a folder that others may enter is not used', () => {
  const deep = join(scratch, 'd'.repeat(100));
  const { address } = createChannelFolder(deep, scratch);
  chmodSync(dirname(socketOf(address)), 0o755);
  expect(() => createChannelFolder(deep, scratch)).toThrow(/is open to others/);
});
