import { errorFromFetch, readFailure } from './failure.ts';
import type { FollowSource } from './follow.ts';

export interface Download {
  /** Read it, pipe it or cancel it: it holds a connection. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Length of the file, or null when the service does not say. */
  readonly bytes: number | null;
  /** Name the service proposes for the file. */
  readonly fileName: string | null;
}

export async function openDownload(source: FollowSource, signal?: AbortSignal): Promise<Download> {
  const request = new Request(source.url, { headers: source.headers, ...(signal && { signal }) });
  const response = await source.fetch(request).catch((error: unknown) => {
    throw errorFromFetch(error, source.url);
  });
  if (!response.ok || response.body === null) throw await readFailure(response);
  const length = response.headers.get('content-length');
  return {
    stream: response.body,
    bytes: length === null ? null : Number(length),
    fileName: /filename="([^"/\\]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null,
  };
}
