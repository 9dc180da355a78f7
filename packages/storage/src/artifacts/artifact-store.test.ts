import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArtifactStore, openArtifactStore } from './artifact-store.ts';

let folder: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'descent-artifacts-'));
  store = await openArtifactStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (content: string) => Buffer.from(content);
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
async function hashes(): Promise<string[]> {
  const all: string[] = [];
  for await (const hash of store.list()) all.push(hash);
  return all.sort();
}
const incoming = () => readdir(path.join(folder, 'incoming'));

test('a file is stored under the SHA-256 of its content', async () => {
  const artifact = await store.put([bytes('hel'), bytes('lo')]);
  expect(artifact).toEqual({ hash: sha256('hello'), bytes: 5 });
  const [a, b] = [artifact.hash.slice(0, 2), artifact.hash.slice(2, 4)];
  expect(await readFile(path.join(folder, a, b, artifact.hash), 'utf8')).toBe('hello');
  expect(await text(await store.read(artifact.hash))).toBe('hello');
  expect(await store.size(artifact.hash)).toBe(5);
});

test('the same content stored by two at once is one file', async () => {
  await Promise.all([store.put([bytes('same')]), store.put([bytes('same')])]);
  expect(await hashes()).toEqual([sha256('same')]);
  expect(await incoming()).toEqual([]);
});

test('a source that breaks off leaves nothing', async () => {
  async function* broken() {
    yield bytes('half of');
    throw new Error('the connection is gone');
  }
  await expect(store.put(broken())).rejects.toThrow('the connection is gone');
  expect(await hashes()).toEqual([]);
  expect(await incoming()).toEqual([]);
});

test('a source above the limit is refused before it is read to its end', async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read++;
      yield bytes('0123456789');
    }
  }
  await expect(store.put(endless(), { limitBytes: 25 })).rejects.toMatchObject({
    code: 'REQUEST_TOO_LARGE',
    details: { limitBytes: 25 },
  });
  expect(read).toBe(3);
  expect(await incoming()).toEqual([]);
});

test('until a file is whole there is none under its name, and a crash leaves only what the next start sweeps', async () => {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let begun = () => {};
  const writing = new Promise<void>((resolve) => {
    begun = resolve;
  });
  async function* slow() {
    yield bytes('first ');
    begun();
    await gate;
    yield bytes('second');
  }
  const put = store.put(slow());
  await writing;
  expect(await hashes()).toEqual([]);
  expect((await incoming()).length).toBe(1);
  // A thread of ours opens the store meanwhile: it must not take what is being written for a leftover.
  await openArtifactStore(folder, { sweep: false });
  goOn();
  expect(await put).toEqual({ hash: sha256('first second'), bytes: 12 });

  await writeFile(path.join(folder, 'incoming', 'of-a-dead-process'), 'half');
  await openArtifactStore(folder);
  expect(await incoming()).toEqual([]);
  expect(await hashes()).toEqual([sha256('first second')]);
});

test('a damaged file is refused before its first byte', async () => {
  const { hash } = await store.put([bytes('precious')]);
  expect(await text(await store.readVerified(hash))).toBe('precious');
  await writeFile(store.pathOf(hash), 'preciouS');
  await expect(store.readVerified(hash)).rejects.toMatchObject({
    code: 'ARTIFACT_DAMAGED',
    details: { hash, actual: sha256('preciouS') },
  });
});

test('storing a damaged file again repairs it', async () => {
  const { hash } = await store.put([bytes('precious')]);
  await writeFile(store.pathOf(hash), 'x');
  await store.put([bytes('precious')]);
  expect(await text(await store.readVerified(hash))).toBe('precious');
});

test.each(['f'.repeat(64), '../../etc/passwd', ''])('there is no file %j', async (hash) => {
  await expect(store.read(hash)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
});

test('deleting says whether there was one', async () => {
  const { hash } = await store.put([bytes('gone')]);
  expect(await store.delete(hash)).toBe(true);
  expect(await store.delete(hash)).toBe(false);
  expect(await store.size(hash)).toBe(null);
});
