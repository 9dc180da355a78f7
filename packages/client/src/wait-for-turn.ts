import { wait } from './back-off.ts';

type Fetch = (request: Request) => Promise<Response>;

/** Also where the service names no time at all. */
const shortestMs = 100;

/**
 * A `fetch` that asks again when the service answers 429 with the time to wait (`Retry-After`): such a request has done nothing yet.
 * Once that would be beyond `patienceMs` in all, or when the body is a stream that is gone now, the caller gets the 429.
 */
export function waitForTurn(fetch: Fetch, patienceMs: number): Fetch {
  return async (request) => {
    let next = request;
    let leftMs = patienceMs;
    for (;;) {
      const again = isRepeatable(next) ? next.clone() : undefined;
      const response = await fetch(next);
      const retryAfter = response.headers.get('retry-after');
      if (response.status !== 429 || retryAfter === null || again === undefined) return response;
      const waitMs = Math.max(shortestMs, Number(retryAfter) * 1000);
      if (!(waitMs <= leftMs)) return response;
      leftMs -= waitMs;
      await response.body?.cancel();
      await wait(waitMs, request.signal);
      next = again;
    }
  };
}

/** Files are sent as streams, which a copy would hold in memory. */
function isRepeatable({ body, headers }: Request): boolean {
  return body === null || headers.get('content-type')?.startsWith('application/json') === true;
}
