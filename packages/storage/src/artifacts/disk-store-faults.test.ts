import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDiskStore } from './disk-store.ts';

/** Every call to the file system passes here; what it does is the test's choice. */
const gate = vi.hoisted(() => ({
  pass: async (_operation: string): Promise<void> => {},
  handles: [] as { close(): Promise<void> }[],
}));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  type Call = (...args: never[]) => Promise<unknown>;
  const gated =
    (name: string, call: Call): Call =>
    async (...args) => {
      await gate.pass(name);
      return call(...args);
    };
  const open = async (...args: Parameters<typeof real.open>) => {
    await gate.pass('open');
    const handle = await real.open(...args);
    gate.handles.push(handle);
    // What a sync is worth only a power cut tells; here its place among the others counts.
    return {
      write: gated('write', handle.write.bind(handle) as Call),
      sync: gated('sync', async () => {}),
      close,
    };
    async function close() {
      await gate.pass('close');
      await handle.close();
    }
  };
  const { mkdir, rename, rm, stat } = real;
  return {
    ...real,
    open,
    mkdir: gated('mkdir', mkdir as Call),
    rename: gated('rename', rename as Call),
    rm: gated('rm', rm as Call),
    stat: gated('stat', stat as Call),
  };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'descent-artifacts-'));
});
afterEach(() => {
  gate.pass = async () => {};
  rmSync(folder, { recursive: true });
});

const older = Buffer.from('the checkpoint before');
const newer = Buffer.alloc(300_000, 7);
const chunks = [newer.subarray(0, 100_000), newer.subarray(100_000)];
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const fileOf = (hash: string) => path.join(folder, hash.slice(0, 2), hash.slice(2, 4), hash);
/** The hash of what lies under this name; null when nothing does. */
const storedAt = (hash: string): string | null => {
  try {
    return hashOf(readFileSync(fileOf(hash)));
  } catch {
    return null;
  }
};
/** With its folders, so that the next write makes them anew. */
const forgetNewer = () =>
  rmSync(path.join(folder, hashOf(newer).slice(0, 2)), { recursive: true, force: true });

/** The operations of one write, in order. */
async function operationsOfWrite(): Promise<string[]> {
  const store = await openDiskStore(folder);
  const seen: string[] = [];
  gate.pass = async (operation) => void seen.push(operation);
  await store.put(chunks);
  gate.pass = async () => {};
  forgetNewer();
  return seen;
}

test('a process killed at any step of a write leaves the file before it, and the new one whole or not at all', async () => {
  const operations = await operationsOfWrite();
  expect(operations).toEqual(expect.arrayContaining(['open', 'write', 'sync', 'mkdir', 'rename']));
  for (const [index, operation] of operations.entries()) {
    const dying = await openDiskStore(folder);
    await dying.put([older]);
    let step = 0;
    const dead = new Promise<void>((resolve) => {
      gate.pass = () => {
        if (step++ < index) return Promise.resolve();
        resolve();
        return new Promise(() => {});
      };
    });
    void dying.put(chunks);
    await dead;
    gate.pass = async () => {};
    // What the kernel does for a process that is gone.
    for (const handle of gate.handles.splice(0)) await handle.close().catch(() => {});
    const store = await openDiskStore(folder);
    await store.sweep();
    expect(readdirSync(path.join(folder, 'incoming')), `after ${operation}`).toEqual([]);
    expect(storedAt(hashOf(older))).toBe(hashOf(older));
    expect([null, hashOf(newer)]).toContain(storedAt(hashOf(newer)));
    await store.put(chunks);
    expect(storedAt(hashOf(newer))).toBe(hashOf(newer));
    forgetNewer();
  }
});

test.each([
  ['ENOSPC', { code: 'STORAGE_FULL', entry: { retryable: true } }],
  ['EIO', { code: 'EIO' }],
])(
  'a write that fails with %s at any step leaves nothing, and the next one succeeds',
  async (code, expected) => {
    const operations = await operationsOfWrite();
    const store = await openDiskStore(folder);
    await store.put([older]);
    for (const index of operations.keys()) {
      let step = 0;
      gate.pass = async () => {
        if (step++ === index) throw Object.assign(new Error(`${code}: no`), { code });
      };
      await expect(store.put(chunks)).rejects.toMatchObject(expected);
      gate.pass = async () => {};
      expect(readdirSync(path.join(folder, 'incoming'))).toEqual([]);
      expect(storedAt(hashOf(older))).toBe(hashOf(older));
      expect(storedAt((await store.put(chunks)).hash)).toBe(hashOf(newer));
      forgetNewer();
    }
  },
);
