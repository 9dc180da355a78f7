import { type Dataset, type DescentClient, pushDataset } from '@descent/client';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useClient } from '../session/session.ts';
import type { DroppedFile } from './dropped-files.ts';
import { nameOf, toPushed } from './pushed-files.ts';

/**
 * idle → sending (bytes go up; a broken connection is taken up where it broke) → reading (the server checks the files)
 * → done; any of the two → failed, where `retry` goes on with what has arrived.
 */
export type Upload =
  | { readonly state: 'idle' }
  | { readonly state: 'sending'; readonly name: string; readonly sent: number; readonly total: number }
  | { readonly state: 'reading'; readonly name: string }
  | { readonly state: 'failed'; readonly name: string; readonly error: unknown };

export function useUpload(onDone: (dataset: Dataset) => void) {
  const client = useClient();
  const queries = useQueryClient();
  const [upload, setUpload] = useState<Upload>({ state: 'idle' });
  const running = useRef<AbortController | null>(null);
  const last = useRef<readonly DroppedFile[]>([]);

  async function start(dropped: readonly DroppedFile[]): Promise<void> {
    if (running.current !== null || dropped.length === 0) return;
    const abort = new AbortController();
    running.current = abort;
    last.current = dropped;
    const name = nameOf(dropped);
    const { signal } = abort;
    const show = (next: Upload) => {
      if (!signal.aborted) setUpload(next);
    };
    try {
      const files = toPushed(dropped);
      const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
      show({ state: 'sending', name, sent: 0, total });
      const id = await datasetFor(client, name, files, signal);
      const dataset = await pushDataset(client.datasets, id, files, {
        signal,
        onProgress: (sent) =>
          show(sent < total ? { state: 'sending', name, sent, total } : { state: 'reading', name }),
      });
      show({ state: 'idle' });
      onDone(dataset);
    } catch (error) {
      show({ state: 'failed', name, error });
    } finally {
      running.current = null;
      void queries.invalidateQueries({ queryKey: ['datasets'] });
    }
  }

  return {
    upload,
    start,
    retry: () => start(last.current),
    cancel: () => {
      running.current?.abort();
      setUpload({ state: 'idle' });
    },
  };
}

/** The data set of that name which waits for the rest of these very files, also after the page was closed; else a new one. */
async function datasetFor(
  { datasets }: DescentClient,
  name: string,
  files: readonly { readonly name: string; readonly bytes: number }[],
  signal: AbortSignal,
): Promise<string> {
  for (const { id, state, name: other } of await datasets.list({ signal })) {
    if (other !== name || state !== 'empty') continue;
    const begun = await datasets.files(id, { signal });
    const ours = begun.every((one) =>
      files.some((file) => file.name === one.name && file.bytes === one.bytes),
    );
    if (begun.length > 0 && ours) return id;
  }
  return (await datasets.create(name, { signal })).id;
}
