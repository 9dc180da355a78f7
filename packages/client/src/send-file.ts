import { errorFromFetch, readFailure } from './failure.ts';
import type { FollowSource } from './follow.ts';

/** A stream is sent as it comes, never held whole. */
export type FileContent = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** Sends a file as the body of a request; resolves with the JSON of a 2xx answer, and throws anything else. */
export async function sendFile<Result>(
  { url, headers, fetch }: FollowSource,
  method: 'POST' | 'PUT',
  content: FileContent,
  signal?: AbortSignal,
): Promise<Result> {
  const init: RequestInit & { duplex: 'half' } = {
    method,
    body: content,
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    // Required by fetch for a body that is a stream.
    duplex: 'half',
    ...(signal && { signal }),
  };
  const response = await fetch(new Request(url, init)).catch((error: unknown) => {
    throw errorFromFetch(error, url);
  });
  if (!response.ok) throw await readFailure(response);
  return (await response.json()) as Result;
}
