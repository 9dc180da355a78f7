import { lookup as lookUp } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import path from 'node:path';
import type { IngestInput } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { receiveFile } from '../http/receive-file.ts';
import { fileNameOf } from '../routes/upload-dataset.ts';
import { isPublicAddress } from './public-address.ts';

export interface FetchOptions {
  /** See `Limits.urlHosts`. */
  readonly hosts: readonly string[];
  readonly limitBytes: number;
  readonly limitMs?: number;
  /** For tests, which have no public address. */
  readonly world?: World;
}

/** What fetching touches. */
export interface World {
  readonly request: typeof requestHttps;
  readonly protocol: string;
  readonly lookUp: LookupFunction;
  readonly isAllowed: (address: string) => boolean;
}

export const internet: World = {
  request: requestHttps,
  protocol: 'https:',
  lookUp: lookUp as LookupFunction,
  isAllowed: isPublicAddress,
};
const maxRedirects = 5;
const maxTimeMs = 30 * 60_000;
/** Without a byte. */
const maxSilenceMs = 30_000;

/**
 * Fetches a file over https into `folder`. The address that a name resolves to is checked and then connected to: there is
 * no second look-up that could say something else. Redirects are held to the same rules.
 * @throws DescentError URL_REFUSED, URL_FETCH_FAILED, REQUEST_TOO_LARGE, STORAGE_FULL
 */
export async function fetchFile(
  from: string,
  folder: string,
  { hosts, limitBytes, limitMs = maxTimeMs, world = internet }: FetchOptions,
): Promise<IngestInput> {
  const signal = AbortSignal.timeout(limitMs);
  let url = checkedUrl(from, hosts, world);
  for (let redirects = 0; ; redirects++) {
    const response = await get(url, world, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      if (redirects === maxRedirects) throw failed(url, `it redirects more than ${maxRedirects} times`);
      url = checkedUrl(new URL(headers.location, url).href, hosts, world);
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      throw failed(url, `it answers with status ${statusCode}`);
    }
    const target = path.join(folder, 'fetched');
    try {
      await receiveFile(response, target, limitBytes);
    } catch (cause) {
      if (cause instanceof DescentError && cause.code !== 'REQUEST_MALFORMED') throw cause;
      throw failed(url, signal.aborted ? `it took more than ${limitMs / 1000} s` : 'it broke off', cause);
    }
    const name = fileNameOf(headers['content-disposition'] ?? '') ?? path.posix.basename(url.pathname);
    return { path: target, ...(name === '' ? {} : { name: name.slice(-255) }) };
  }
}

/** @throws DescentError URL_REFUSED: no https address of a host that staff allow */
export function checkedUrl(
  text: string,
  hosts: readonly string[],
  { protocol, isAllowed }: World = internet,
): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const refused = (problem: string) =>
    new DescentError('URL_REFUSED', { url: url === null ? text.slice(0, 100) : shown(url), problem });
  if (hosts.length === 0) throw refused('this server fetches nothing');
  if (url === null) throw refused('it is not an address');
  if (url.protocol !== protocol) throw refused(`only ${protocol} addresses are fetched`);
  if (url.username !== '' || url.password !== '') throw refused('it carries a password');
  // `URL` has turned every way to write an IPv4 address (octal, hexadecimal, one number) into the usual one.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (!hosts.some((pattern) => allows(pattern, host)))
    throw refused(`host ${host} is not among those that staff allow`);
  if (isIP(host) !== 0 && !isAllowed(host)) throw refused(`${host} is not a public address`);
  return url;
}

function allows(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** Resolves a name to public addresses alone; the connection goes to what was checked. */
export function checkedLookup(url: URL, { lookUp: resolve, isAllowed }: World): LookupFunction {
  return (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '', 0);
      const addresses = Array.isArray(found) ? found : [];
      const foreign = addresses.find(({ address }) => !isAllowed(address));
      if (foreign !== undefined || addresses[0] === undefined) {
        const problem = `${host} is at ${foreign?.address ?? 'no address'}, which is not public`;
        return done(new DescentError('URL_REFUSED', { url: shown(url), problem }), '', 0);
      }
      return options.all ? done(null, addresses) : done(null, addresses[0].address, addresses[0].family);
    });
}

function get(url: URL, world: World, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolveResponse, reject) => {
    const outgoing = world.request(
      url,
      {
        lookup: checkedLookup(url, world),
        signal,
        agent: false,
        timeout: maxSilenceMs,
        headers: { 'user-agent': 'descent', 'accept-encoding': 'identity' },
      },
      resolveResponse,
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`nothing came for ${maxSilenceMs / 1000} s`)));
    outgoing.on('error', (cause) => {
      reject(cause instanceof DescentError ? cause : failed(url, cause.message, cause));
    });
    outgoing.end();
  });
}

/** Without query, which may hold a secret. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`.slice(0, 200);
}

function failed(url: URL, problem: string, cause?: unknown): DescentError {
  return new DescentError('URL_FETCH_FAILED', { url: shown(url), problem }, { cause });
}
