import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FakeS3, startFakeS3 } from '../testing/fake-s3.ts';
import { type ArtifactPlace, type ArtifactStore, openArtifactStore } from './artifact-store.ts';
import { openS3Store } from './s3-store.ts';

let folder: string;
let store: ArtifactStore;
let s3: FakeS3;

const bytes = (content: string) => Buffer.from(content);
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
async function hashes(): Promise<string[]> {
  const all: string[] = [];
  for await (const hash of store.list()) all.push(hash);
  return all.sort();
}
const incoming = () => readdir(path.join(folder, 'incoming'));

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a-key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
  s3 = await startFakeS3('descent');
});
afterAll(async () => {
  await s3.close();
  vi.unstubAllEnvs();
});
const s3Place = () => ({
  bucket: 'descent',
  prefix: 'artifacts/',
  region: 'us-east-1',
  endpoint: s3.endpoint,
});
const objectOf = (hash: string) => `descent/artifacts/${hash}`;

describe.each(['disk', 's3'] as const)('on %s', (kind) => {
  const place = (): ArtifactPlace => (kind === 'disk' ? { folder } : { folder, s3: s3Place() });
  const damage = (hash: string, content: string) => {
    if (kind === 's3') s3.objects.set(objectOf(hash), bytes(content));
    else return writeFile(path.join(folder, hash.slice(0, 2), hash.slice(2, 4), hash), content);
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'descent-artifacts-'));
    s3.objects.clear();
    s3.requests.length = 0;
    s3.refuse = () => undefined;
    store = await openArtifactStore(place());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('a file is stored under the SHA-256 of its content', async () => {
    const artifact = await store.put([bytes('hel'), bytes('lo')]);
    expect(artifact).toEqual({ hash: sha256('hello'), bytes: 5 });
    expect(await text(await store.read(artifact.hash))).toBe('hello');
    expect(await text(await store.readVerified(artifact.hash))).toBe('hello');
    expect((await store.readWhole(artifact.hash)).toString()).toBe('hello');
    expect(await store.size(artifact.hash)).toBe(5);
    expect(await incoming()).toEqual([]);
  });

  test('the same content stored by two at once is one file', async () => {
    await Promise.all([store.put([bytes('same')]), store.put([bytes('same')])]);
    expect(await hashes()).toEqual([sha256('same')]);
    expect(await incoming()).toEqual([]);
  });

  test('all files are listed', async () => {
    const contents = Array.from({ length: 8 }, (_, index) => `file ${index}`);
    for (const content of contents) await store.put([bytes(content)]);
    expect(await hashes()).toEqual(contents.map(sha256).sort());
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

  test('until a file is whole there is none under its name, and a crash leaves only what is swept', async () => {
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
    // Another process or thread of ours opens the store meanwhile: what is being written is no leftover.
    await openArtifactStore(place());
    goOn();
    expect(await put).toEqual({ hash: sha256('first second'), bytes: 12 });

    await writeFile(path.join(folder, 'incoming', 'of-a-dead-process'), 'half');
    await store.sweep();
    expect(await incoming()).toEqual([]);
    expect(await hashes()).toEqual([sha256('first second')]);
  });

  test('a damaged file is refused before its first byte', async () => {
    const { hash } = await store.put([bytes('precious')]);
    await damage(hash, 'preciouS');
    await expect(store.readVerified(hash)).rejects.toMatchObject({
      code: 'ARTIFACT_DAMAGED',
      details: { hash, actual: sha256('preciouS') },
    });
    expect(await incoming()).toEqual([]);
  });

  test('storing a damaged file again repairs it', async () => {
    const { hash } = await store.put([bytes('precious')]);
    await damage(hash, 'x');
    await store.put([bytes('precious')]);
    expect(await text(await store.readVerified(hash))).toBe('precious');
  });

  test.each(['f'.repeat(64), '../../etc/passwd', ''])('there is no file %j', async (hash) => {
    await expect(store.read(hash)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    await expect(store.readWhole(hash)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    await expect(store.readVerified(hash)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
  });

  test('deleting says whether there was one', async () => {
    const { hash } = await store.put([bytes('gone')]);
    expect(await store.delete(hash)).toBe(true);
    expect(await store.delete(hash)).toBe(false);
    expect(await store.size(hash)).toBe(null);
  });

  test('a store that can be written says nothing', async () => {
    await store.probe();
    expect(await incoming()).toEqual([]);
  });

  if (kind === 'disk') return;

  const inParts = () => openS3Store(folder, s3Place(), { multipartAboveBytes: 1000, partBytes: 5 * 2 ** 20 });
  const large = Buffer.alloc(12 * 2 ** 20, 'large');

  test('a large file goes in parts, and is one object at the end', async () => {
    const parted = await inParts();
    const { hash } = await parted.put([large]);
    expect(s3.objects.get(objectOf(hash))?.equals(large)).toBe(true);
    expect(s3.requests.filter((line) => line.includes('partNumber')).length).toBe(3);
    expect(s3.uploads.size).toBe(0);
    // A second time: the condition refuses it at the end, and no parts stay.
    await parted.put([large]);
    expect(s3.uploads.size).toBe(0);
  });

  test('parts that cannot be sent are taken back, and the next try succeeds', async () => {
    let failures = 0;
    s3.refuse = ({ url }) => (url?.includes('partNumber=2') && failures++ < 3 ? 503 : undefined);
    const { hash } = await (await inParts()).put([large]);
    expect(s3.objects.get(objectOf(hash))?.byteLength).toBe(large.byteLength);
    expect(s3.uploads.size).toBe(0);
  });

  test('a file that is there already is not sent twice over', async () => {
    await store.put([bytes('same')]);
    s3.requests.length = 0;
    await store.put([bytes('same')]);
    expect(s3.requests.map((line) => line.split(' ')[0])).toEqual(['PUT', 'HEAD']);
  });

  test('a server that knows no conditions still gets the file', async () => {
    s3.refuse = ({ headers }) => (headers['if-none-match'] === undefined ? undefined : 501);
    const { hash } = await store.put([bytes('new')]);
    expect(await store.size(hash)).toBe(3);
  });

  test.each([403, 500])('an answer of %i leaves nothing and says what is out of order', async (status) => {
    s3.refuse = () => status;
    const unavailable = { code: 'UNAVAILABLE', details: { part: 'The artifact store' } };
    await expect(store.put([bytes('new')])).rejects.toMatchObject(unavailable);
    await expect(store.size(sha256('new'))).rejects.toMatchObject(unavailable);
    await expect(store.probe()).rejects.toMatchObject(unavailable);
    s3.refuse = () => undefined;
    expect(await hashes()).toEqual([]);
    expect(await incoming()).toEqual([]);
  });

  test('parts of a process that died are swept away', async () => {
    s3.uploads.set('dead', { name: objectOf(sha256('dead')), parts: new Map() });
    await store.sweep();
    expect(s3.uploads.size).toBe(0);
  });
});
