import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactSource } from '@descent/datasets';
import { DescentError } from '@descent/errors';

export interface ShardCacheOptions {
  readonly apiUrl: string;
  readonly serviceToken: string;
  readonly folder: string;
}

const timeoutMs = 120_000;

/** Shards of data sets by content hash: from this machine's folder, else from the api, and then kept. */
export function createShardCache({ apiUrl, serviceToken, folder }: ShardCacheOptions): ArtifactSource {
  const fetchShard = async (hash: string): Promise<Uint8Array> => {
    let response: Response;
    try {
      response = await fetch(`${apiUrl}/internal/artifacts/${hash}`, {
        headers: { authorization: `Bearer ${serviceToken}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new DescentError('UNAVAILABLE', { part: 'The api' }, { cause });
    }
    throw new DescentError('UNAVAILABLE', { part: `Shard ${hash}`, status: response.status });
  };

  const keep = async (path: string, bytes: Uint8Array) => {
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(temporary, bytes);
      await rename(temporary, path);
    } catch {
      // A full disk costs the next worker a transfer, not this job its data.
      await rm(temporary, { force: true }).catch(() => {});
    }
  };

  return {
    async get(hash) {
      const path = join(folder, hash);
      const cached = await readFile(path).catch(() => undefined);
      if (cached !== undefined && sha256(cached) === hash) return cached;
      const bytes = await fetchShard(hash);
      if (sha256(bytes) !== hash)
        throw new DescentError('UNAVAILABLE', { part: `An undamaged copy of shard ${hash}` });
      await keep(path, bytes);
      return bytes;
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
