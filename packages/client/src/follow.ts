import { DescentError } from '@descent/errors';
import { type BackOff, defaultBackOff, delayBefore, wait } from './back-off.ts';
import { errorFromFetch, isAbort, readFailure } from './failure.ts';
import { createSseParser, type ServerSentEvent } from './sse-parser.ts';

export interface FollowOptions {
  /** Sequence of the last item already seen; left out, from the first. */
  readonly after?: number;
  /** Aborting ends the iteration with the reason of the signal. */
  readonly signal?: AbortSignal;
  readonly backOff?: Partial<BackOff>;
  /** A connection that brings no byte for this long counts as lost. */
  readonly idleTimeoutMs?: number;
  /** Called when a connection is made and when it is lost, for a "reconnecting" mark. */
  readonly onConnection?: (connected: boolean) => void;
}

export interface FollowSource {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly fetch: (request: Request) => Promise<Response>;
}

interface Sequenced {
  readonly sequence: number;
}

/** Three missed keep-alives of the api. */
const defaultIdleTimeoutMs = 60_000;

/**
 * Follows a stream of the api to its `end` event, over as many connections as it takes. Each connection resumes with
 * `Last-Event-ID`, and an item whose sequence is not above the last one given is dropped, so every item comes once
 * and in order. Throws the DescentError of a refusal that repeating cannot cure, and UNAVAILABLE after
 * `backOff.attempts` connections in a row that brought nothing.
 */
export async function* follow<Item extends Sequenced>(
  source: FollowSource,
  options: FollowOptions = {},
): AsyncGenerator<Item, void, undefined> {
  const backOff = { ...defaultBackOff, ...options.backOff };
  const { signal } = options;
  let last = options.after ?? null;
  let failures = 0;
  let firstMs = backOff.firstMs;

  for (;;) {
    let failure: unknown = new Error('The stream ended before its end event');
    const begun = performance.now();
    try {
      for await (const chunk of connect(source, last, options)) {
        // A connection that only opens and breaks is no recovery: it must last, or bring an item.
        if (performance.now() - begun > backOff.longestMs) failures = 0;
        firstMs = chunk.retryMs ?? firstMs;
        for (const event of chunk.events) {
          if (event.type === 'end') return;
          const item = JSON.parse(event.data) as Item;
          if (last !== null && item.sequence <= last) continue;
          last = item.sequence;
          failures = 0;
          yield item;
        }
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof DescentError && !error.entry.retryable) throw error;
      failure = error;
    }
    options.onConnection?.(false);
    failures += 1;
    if (failures > backOff.attempts) throw errorFromFetch(failure, source.url);
    await wait(delayBefore(failures, { ...backOff, firstMs }, Math.random()), signal);
  }
}

interface Chunk {
  readonly events: readonly ServerSentEvent[];
  readonly retryMs: number | null;
}

/** One connection. Leaving the loop, by whatever way, closes it. */
async function* connect(
  source: FollowSource,
  last: number | null,
  { signal, idleTimeoutMs = defaultIdleTimeoutMs, onConnection }: FollowOptions,
): AsyncGenerator<Chunk, void, undefined> {
  const connection = new AbortController();
  const stop = () => connection.abort(signal?.reason);
  if (signal?.aborted) throw signal.reason;
  signal?.addEventListener('abort', stop, { once: true });
  // Only waiting for the server counts: a slow reader of ours must not look like a lost connection.
  const listen = async <T>(waiting: Promise<T>): Promise<T> => {
    const silent = () => connection.abort(new Error(`Nothing came for ${idleTimeoutMs} ms`));
    const idle = setTimeout(silent, idleTimeoutMs);
    try {
      return await waiting;
    } finally {
      clearTimeout(idle);
    }
  };
  try {
    const headers = new Headers({ ...source.headers, Accept: 'text/event-stream' });
    if (last !== null) headers.set('Last-Event-ID', String(last));
    const request = new Request(source.url, { headers, signal: connection.signal });
    const response = await listen(source.fetch(request));
    if (!response.ok) throw await readFailure(response);
    if (response.body === null) throw new Error('The answer has no body');
    onConnection?.(true);
    const parser = createSseParser();
    const reader = response.body.pipeThrough(new TextDecoderStream('utf-8', { ignoreBOM: true })).getReader();
    for (;;) {
      const { done, value } = await listen(reader.read());
      if (done) return;
      yield { events: parser.push(value), retryMs: parser.retryMs };
    }
  } catch (error) {
    // An idle time-out is ours, not the caller's: it is a lost connection like any other.
    if (isAbort(error) && !signal?.aborted) throw connection.signal.reason ?? error;
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    connection.abort();
  }
}
