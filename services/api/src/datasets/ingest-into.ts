import { stat } from 'node:fs/promises';
import { artifactsOf, type WrittenDataset } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { type HeldArtifact, holdArtifacts } from '@descent/storage';
import type { Context } from '../context.ts';
import { unwrap } from '../threads/answer.ts';
import type { IngestTask } from '../threads/ingest.thread.ts';
import { readingMiB } from '../threads/threads.ts';

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
  {
    db,
    keeper,
    threads,
    artifactPlace,
    limits,
  }: Pick<Context, 'db' | 'keeper' | 'threads' | 'artifactPlace' | 'limits'>,
  owner: string,
  source: IngestTask['source'],
  note: (transaction: Transaction, read: ReadDataset) => Promise<void>,
): Promise<ReadDataset> {
  let stored: readonly HeldArtifact[] = [];
  try {
    return await keeper.writing(async () => {
      const result = await readInTime(threads, { artifactPlace, source }, limits.readingMs);
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

/** A tenth of the speed that the slowest reader has on a slow disk. */
const slowestBytesPerMs = 2_000;

async function readInTime(threads: Context['threads'], task: IngestTask, readingMs: number) {
  const files = task.source.type === 'files' ? task.source.files : [];
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  const limitMs = readingMs + sizes.reduce((sum, size) => sum + size, 0) / slowestBytesPerMs;
  const signal = AbortSignal.timeout(Math.ceil(limitMs));
  try {
    return await threads.ingest(task, signal);
  } catch (cause) {
    const part = files.length === 1 ? 'the file' : 'the files';
    if ((cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
      const limit = `${readingMiB} MiB`;
      throw new DescentError(
        'DATA_TOO_LARGE',
        { part: `The memory for reading ${part}`, actual: 'used up', limit },
        { cause },
      );
    }
    if (!signal.aborted) throw cause;
    throw new DescentError('DATA_TOO_SLOW', { part, seconds: Math.round(limitMs / 1000) }, { cause });
  }
}
