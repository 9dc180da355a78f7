import { artifactsOf, type WrittenDataset } from '@descent/datasets';
import { type HeldArtifact, holdArtifacts } from '@descent/storage';
import type { Context } from '../context.ts';
import { unwrap } from '../threads/answer.ts';
import type { IngestTask } from '../threads/ingest.thread.ts';

type Transaction = Parameters<typeof holdArtifacts>[0];

/** A data set that was read, whose files are stored but held by nobody yet. */
export interface ReadDataset extends WrittenDataset {
  /** Of its shards and tokenizers. */
  readonly bytes: number;
}

/**
 * Reads files in a thread, then `note`s the result in one transaction with who holds the shards. Whatever happens, files
 * that nobody holds afterwards are deleted. @throws DescentError what reading threw, or `note`
 */
export async function ingestInto(
  { db, keeper, threads, artifactsDir }: Pick<Context, 'db' | 'keeper' | 'threads' | 'artifactsDir'>,
  owner: string,
  source: IngestTask['source'],
  note: (transaction: Transaction, read: ReadDataset) => Promise<void>,
): Promise<ReadDataset> {
  let stored: readonly HeldArtifact[] = [];
  try {
    return await keeper.writing(async () => {
      const result = await threads.ingest({ artifactsDir, source });
      stored = result.stored;
      const written = unwrap(result.answer);
      const named = artifactsOf(written.manifest);
      const held = [...new Map(stored.map((one) => [one.hash, one])).values()].filter(({ hash }) =>
        named.has(hash),
      );
      const read = { ...written, bytes: held.reduce((sum, { bytes }) => sum + bytes, 0) };
      await db.transaction().execute(async (transaction) => {
        await holdArtifacts(transaction, owner, held);
        await note(transaction, read);
      });
      return read;
    });
  } finally {
    await keeper.discard(stored.map(({ hash }) => hash));
  }
}
