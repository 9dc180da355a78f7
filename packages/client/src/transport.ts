import createFetchClient, { type Client } from 'openapi-fetch';
import { errorFromAnswer, errorFromFetch } from './failure.ts';
import type { FollowSource } from './follow.ts';
import type { paths } from './generated/api.ts';
import { waitForTurn } from './wait-for-turn.ts';

export interface ClientOptions {
  /** Where the api listens: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** API token, `dsc_…`. Left out, requests go without one. */
  readonly token?: string;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** How long a call waits, in milliseconds and all in all, when the service asks it to come again later. Default a minute. */
  readonly patienceMs?: number;
}

/** The seam between the calls of the SDK and HTTP. */
export interface Transport {
  readonly http: Client<paths>;
  /** The body of a 2xx answer. Anything else is thrown: as the DescentError the body describes, or UNAVAILABLE. */
  body<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>>;
  /** For routes that answer without a body. */
  done(call: Promise<Answer<unknown>>): Promise<void>;
  /** A route for reading or writing it as a stream, with the `{names}` of its path filled in. */
  stream(
    route: keyof paths,
    path: Record<string, string>,
    query?: Record<string, string | undefined>,
  ): FollowSource;
}

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

export function createTransport(options: ClientOptions): Transport {
  const { url, token, fetch = globalThis.fetch, patienceMs = 60_000 } = options;
  const base = url.replace(/\/+$/, '');
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  // `fetch` of a browser must be called as a method of the global object, never of ours.
  const send = waitForTurn((request) => fetch(request), patienceMs);
  const reached = <Data>(call: Promise<Answer<Data>>) =>
    call.catch((failure: unknown) => {
      throw errorFromFetch(failure, base);
    });
  return {
    http: createFetchClient<paths>({ baseUrl: base, fetch: send, headers }),
    async body(call) {
      const { data, error, response } = await reached(call);
      if (!response.ok || data === undefined || data === null) throw errorFromAnswer(response, error);
      return data;
    },
    async done(call) {
      const { error, response } = await reached(call);
      if (!response.ok) throw errorFromAnswer(response, error);
    },
    stream: (route, path, query = {}) => ({
      url: base + fill(route, path) + search(query),
      headers,
      fetch: send,
    }),
  };
}

function fill(route: string, path: Record<string, string>): string {
  return route.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
}

function search(query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
