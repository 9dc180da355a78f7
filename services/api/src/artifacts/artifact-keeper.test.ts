import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { type ArtifactKeeper, createArtifactKeeper } from './artifact-keeper.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const incoming = () => path.join(api.dataDir, 'artifacts', 'incoming');
/** Leaves a file behind, as a thread does that is ended in the middle of a write. */
const breakOff = async () => {
  await writeFile(path.join(incoming(), 'left'), 'half');
  throw new Error('broken off');
};

test('what a write has left that broke off goes once no write is under way', async () => {
  const { keeper } = api.app.context;
  let finish = () => {};
  const other = keeper.writing(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  );
  await expect(keeper.writing(breakOff)).rejects.toThrow('broken off');
  expect(await readdir(incoming())).toEqual(['left']);
  finish();
  await other;
  expect(await readdir(incoming())).toEqual([]);
});

/** A write under which the folder disappears: it can neither be moved to its place nor removed. */
async function failOnBrokenDisk(keeper: ArtifactKeeper): Promise<void> {
  const aside = `${incoming()}.aside`;
  const source = async function* () {
    yield Buffer.from('half');
    await rename(incoming(), aside);
    await writeFile(incoming(), '');
    yield Buffer.from('other half');
  };
  const { artifacts } = api.app.context;
  await expect(keeper.writing(() => artifacts.put(source()))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await rm(incoming());
  await rename(aside, incoming());
}

test('what could not be removed on a broken disk goes when the disk is well', async () => {
  const keeper = createArtifactKeeper({ ...api.app.context, retryMs: 20 });
  await failOnBrokenDisk(keeper);
  await vi.waitFor(async () => expect(await readdir(incoming())).toEqual([]), 5000);
  await keeper.close();
});

test('a process that ends takes away what its last writes have left', async () => {
  const keeper = createArtifactKeeper({ ...api.app.context, retryMs: 3_600_000 });
  await failOnBrokenDisk(keeper);
  expect(await readdir(incoming())).toHaveLength(1);
  await keeper.close();
  expect(await readdir(incoming())).toEqual([]);
});
