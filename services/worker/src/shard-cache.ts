import { createHash } from 'node:crypto';
import type { ArtifactSource } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { createShardFolder } from './shard-folder.ts';

export interface ShardCacheOptions {
  url(hash: string): string;
  readonly token: string;
  readonly folder: string;
  /** Kept on the disk, by all workers that share the folder. */
  readonly diskBytes: number;
  /** Kept in the memory of this worker, beside the samples of its jobs. */
  readonly memoryBytes: number;
}

const timeoutMs = 120_000;

/**
 * Shards of data sets by content hash: from memory, from this machine's folder, else from the api, and then kept; what was
 * used longest ago goes first. Those who ask for a shard at once share one fetch. The bytes are shared: do not write to them.
 */
export function createShardCache(options: ShardCacheOptions): ArtifactSource {
  const { url, token, memoryBytes } = options;
  const folder = createShardFolder(options.folder, options.diskBytes);
  /** Least recently used first. */
  const memory = new Map<string, Uint8Array>();
  let held = 0;
  const underWay = new Map<string, Promise<Uint8Array>>();

  const fetchShard = async (hash: string): Promise<Uint8Array> => {
    let response: Response;
    try {
      response = await fetch(url(hash), {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new DescentError('UNAVAILABLE', { part: 'The api' }, { cause });
    }
    throw new DescentError('UNAVAILABLE', { part: `Shard ${hash}`, status: response.status });
  };

  const read = async (hash: string): Promise<Uint8Array> => {
    const cached = await folder.read(hash);
    if (cached !== undefined && sha256(cached) === hash) return cached;
    const bytes = await fetchShard(hash);
    if (sha256(bytes) !== hash)
      throw new DescentError('UNAVAILABLE', { part: `An undamaged copy of shard ${hash}` });
    await folder.keep(hash, bytes);
    return bytes;
  };

  const hold = (hash: string, bytes: Uint8Array) => {
    if (bytes.byteLength > memoryBytes) return;
    memory.set(hash, bytes);
    held += bytes.byteLength;
    for (const [oldest, { byteLength }] of memory) {
      if (held <= memoryBytes) return;
      memory.delete(oldest);
      held -= byteLength;
    }
  };

  return {
    get(hash) {
      const known = memory.get(hash);
      if (known !== undefined) {
        memory.delete(hash);
        memory.set(hash, known);
        return Promise.resolve(known);
      }
      const reading = underWay.get(hash);
      if (reading !== undefined) return reading;
      const started = read(hash)
        .then((bytes) => {
          hold(hash, bytes);
          return bytes;
        })
        .finally(() => underWay.delete(hash));
      underWay.set(hash, started);
      return started;
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
