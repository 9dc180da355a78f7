import createFetchClient, { type Client } from 'openapi-fetch';
import { errorFromAnswer, errorFromFetch } from './failure.ts';
import type { FollowSource } from './follow.ts';
import type { paths } from './generated/api.ts';

export interface ClientOptions {
  /** Where the api listens: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** API token, `dsc_…`. Left out, requests go without one. */
  readonly token?: string;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** The seam between the calls of the SDK and HTTP. */
export interface Transport {
  readonly http: Client<paths>;
  /** The body of a 2xx answer. Anything else is thrown: as the DescentError the body describes, or UNAVAILABLE. */
  body<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>>;
  /** What `follow` needs to read the stream at a path such as `/v1/jobs/{id}/events`. */
  stream(path: string): FollowSource;
}

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

export function createTransport({ url, token, fetch = globalThis.fetch }: ClientOptions): Transport {
  const base = url.replace(/\/+$/, '');
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  // `fetch` of a browser must be called as a method of the global object, never of ours.
  const send = (request: Request) => fetch(request);
  return {
    http: createFetchClient<paths>({ baseUrl: base, fetch: send, headers }),
    async body(call) {
      const { data, error, response } = await call.catch((failure: unknown) => {
        throw errorFromFetch(failure, base);
      });
      if (!response.ok || data === undefined || data === null) throw errorFromAnswer(response, error);
      return data;
    },
    stream: (path) => ({ url: base + path, headers, fetch: send }),
  };
}
