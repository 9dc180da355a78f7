import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Shards on the disk of this machine, by hash. Workers share the folder; the least recently used files go first. */
export interface ShardFolder {
  /** Undefined where there is none. The caller checks the content. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /** A full disk costs the next worker a transfer, not this job its data: never rejects. */
  keep(hash: string, bytes: Uint8Array): Promise<void>;
}

export function createShardFolder(folder: string, maxBytes: number): ShardFolder {
  return {
    async read(hash) {
      const path = join(folder, hash);
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes !== undefined) {
        const now = new Date();
        await utimes(path, now, now).catch(() => {});
      }
      return bytes;
    },
    async keep(hash, bytes) {
      if (bytes.byteLength > maxBytes) return;
      const temporary = join(folder, `${hash}.${randomUUID()}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        await makeRoom(folder, maxBytes - bytes.byteLength);
        await writeFile(temporary, bytes);
        await rename(temporary, join(folder, hash));
      } catch {
        await rm(temporary, { force: true }).catch(() => {});
      }
    },
  };
}

/** Another worker may delete the same file, or be reading it: both are harmless. */
async function makeRoom(folder: string, bytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return { name, size: found?.size ?? 0, usedMs: found?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= bytes) return;
    await rm(join(folder, name), { force: true });
    total -= size;
  }
}
