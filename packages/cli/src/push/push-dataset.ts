import { setTimeout as sleep } from 'node:timers/promises';
import type { DescentClient } from '@descent/client';
import type { Dataset, DatasetFile, IngestOptions } from '@descent/contracts';
import { DescentError, isDescentError } from '@descent/errors';
import type { LocalFile } from './list-files.ts';
import { lengthOf, readFrom } from './read-from.ts';

export interface PushOptions {
  readonly client: DescentClient;
  readonly id: string;
  readonly files: readonly LocalFile[];
  /** Of the only file. */
  readonly split?: string;
  readonly options: IngestOptions;
  readonly signal: AbortSignal;
  /** How many of all bytes have been sent. */
  readonly onProgress: (sent: number, total: number) => void;
}

const attempts = 8;
const maxDelayMs = 10_000;
const pollMs = 300;

/**
 * Sends files in pieces and has them read. A broken connection is taken up where it broke; after an interruption, the same
 * call goes on with what the server has. @throws DescentError what the server says of the files
 */
export async function pushDataset({ client, id, files, ...push }: PushOptions): Promise<Dataset> {
  const { signal, onProgress, options, split } = push;
  const lengths = await Promise.all(files.map(lengthOf));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const known = await client.datasets.files(id, { signal });
  let before = 0;
  for (const [f, file] of files.entries()) {
    const bytes = lengths[f]!;
    if (bytes === 0) throw new DescentError('DATA_EMPTY', { part: file.name });
    const place = split === undefined ? {} : { split };
    const remote =
      known.find((one) => one.name === file.name && one.bytes === bytes) ??
      (await client.datasets.announce(id, { name: file.name, bytes, ...place }, { signal }));
    const done = before;
    await sendWhole(client, id, file, remote, signal, (sent) => onProgress(done + sent, total));
    before += bytes;
  }
  let dataset = await client.datasets.ingest(id, options, { signal });
  while (dataset.state === 'ingesting') {
    await sleep(pollMs, undefined, { signal });
    dataset = await client.datasets.get(id, { signal });
  }
  if (dataset.error !== null) throw DescentError.fromBody(dataset.error);
  return dataset;
}

async function sendWhole(
  client: DescentClient,
  id: string,
  file: LocalFile,
  remote: DatasetFile,
  signal: AbortSignal,
  onSent: (sent: number) => void,
): Promise<void> {
  let { offset } = remote;
  for (let attempt = 1; offset < remote.bytes; attempt++) {
    try {
      const content = counted(readFrom(file, offset), offset, onSent);
      await client.datasets.send(id, { id: remote.id, offset }, content, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(isDescentError(error) && error.entry.retryable) || attempt === attempts) throw error;
      await sleep(Math.min(maxDelayMs, 250 * 2 ** attempt), undefined, { signal });
    }
    const reached = await offsetOf(client, id, remote.id, signal);
    if (reached > offset) attempt = 0;
    offset = reached;
  }
  onSent(remote.bytes);
}

/** What has arrived; while the server cannot be reached, the next attempt asks again. */
async function offsetOf(
  client: DescentClient,
  id: string,
  file: string,
  signal: AbortSignal,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      const files = await client.datasets.files(id, { signal });
      return files.find((one) => one.id === file)?.offset ?? 0;
    } catch (error) {
      signal.throwIfAborted();
      if (!(isDescentError(error) && error.entry.retryable) || attempt === attempts) throw error;
      await sleep(Math.min(maxDelayMs, 250 * 2 ** attempt), undefined, { signal });
    }
  }
}

function counted(
  source: AsyncGenerator<Uint8Array>,
  offset: number,
  onSent: (sent: number) => void,
): ReadableStream<Uint8Array> {
  let sent = offset;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) return controller.close();
      controller.enqueue(value);
      sent += value.byteLength;
      onSent(sent);
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}
