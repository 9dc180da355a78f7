import type { Dataset, DatasetFile, IngestOptions } from '@descent/contracts';
import { DescentError, isDescentError } from '@descent/errors';
import type { DatasetsApi } from './datasets.ts';
import type { FileContent } from './send-file.ts';

/** A file to be sent, wherever it lies. */
export interface PushedFile {
  /** As the server is told, `/` between folders. */
  readonly name: string;
  readonly bytes: number;
  /** Its bytes from `offset` on, to its end or as far as one request should go; the same each time. */
  read(offset: number, onSent: (offset: number) => void): FileContent;
}

export interface PushOptions {
  /** Of the only file. */
  readonly split?: string;
  readonly options?: IngestOptions;
  readonly signal?: AbortSignal;
  /** How many of all bytes have been sent. */
  readonly onProgress?: (sent: number, total: number) => void;
}

const attempts = 8;
const maxDelayMs = 10_000;
const pollMs = 300;

/**
 * Sends files in pieces and has them read. A broken connection is taken up where it broke; after an interruption, the same
 * call goes on with what the server has. @throws DescentError what the server says of the files
 */
export async function pushDataset(
  datasets: DatasetsApi,
  id: string,
  files: readonly PushedFile[],
  { split, options = {}, signal, onProgress = () => undefined }: PushOptions = {},
): Promise<Dataset> {
  const call = signal === undefined ? {} : { signal };
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const known = await datasets.files(id, call);
  let before = 0;
  for (const file of files) {
    const { name, bytes } = file;
    if (bytes === 0) throw new DescentError('DATA_EMPTY', { part: name });
    const place = split === undefined ? {} : { split };
    const remote =
      known.find((one) => one.name === name && one.bytes === bytes) ??
      (await datasets.announce(id, { name, bytes, ...place }, call));
    const done = before;
    await sendWhole(datasets, id, file, remote, (sent) => onProgress(done + sent, total), signal);
    before += bytes;
  }
  let dataset = await datasets.ingest(id, options, call);
  while (dataset.state === 'ingesting') {
    await sleep(pollMs, signal);
    dataset = await datasets.get(id, call);
  }
  if (dataset.error !== null) throw DescentError.fromBody(dataset.error);
  return dataset;
}

async function sendWhole(
  datasets: DatasetsApi,
  id: string,
  file: PushedFile,
  remote: DatasetFile,
  onSent: (sent: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const call = signal === undefined ? {} : { signal };
  let { offset } = remote;
  for (let attempt = 1; offset < remote.bytes; attempt++) {
    onSent(offset);
    try {
      await datasets.send(id, { id: remote.id, offset }, file.read(offset, onSent), call);
    } catch (error) {
      await backOff(error, attempt, signal);
    }
    const reached = await offsetOf(datasets, id, remote.id, signal);
    if (reached > offset) attempt = 0;
    offset = reached;
  }
  onSent(remote.bytes);
}

/** What has arrived; while the server cannot be reached, the next attempt asks again. */
async function offsetOf(
  datasets: DatasetsApi,
  id: string,
  file: string,
  signal?: AbortSignal,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      const files = await datasets.files(id, signal === undefined ? {} : { signal });
      return files.find((one) => one.id === file)?.offset ?? 0;
    } catch (error) {
      await backOff(error, attempt, signal);
    }
  }
}

/** Waits before the next attempt, or throws what cannot get better. */
async function backOff(error: unknown, attempt: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (!(isDescentError(error) && error.entry.retryable) || attempt === attempts) throw error;
  await sleep(Math.min(maxDelayMs, 250 * 2 ** attempt), signal);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
