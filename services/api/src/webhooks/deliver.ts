import { createHmac } from 'node:crypto';
import { DescentError } from '@descent/errors';
import type { DueDelivery } from '@descent/storage';
import { checkedLookup, checkedUrl, internet, type World } from '../datasets/fetch-file.ts';

export interface DeliverOptions {
  /** See `Limits.webhookHosts`; asked at every attempt. */
  readonly hosts: readonly string[];
  readonly nowMs: number;
  readonly timeoutMs?: number;
  /** For tests, which have no public address. */
  readonly world?: World;
}

export interface Attempt {
  readonly status: number | null;
  /** null: it was delivered. */
  readonly problem: string | null;
}

const longestMs = 10_000;

/**
 * Posts a delivery once. Every 2xx is success; a redirect is none, and its body is not read: an address that was allowed
 * cannot lead to another. The same checks of address as for data sets from addresses.
 */
export async function deliver(delivery: DueDelivery, options: DeliverOptions): Promise<Attempt> {
  const { hosts, nowMs, timeoutMs = longestMs, world = internet } = options;
  try {
    const url = checkedUrl(delivery.url, hosts, world);
    const status = await post(url, delivery, { nowMs, signal: AbortSignal.timeout(timeoutMs), world });
    const delivered = status >= 200 && status < 300;
    return { status, problem: delivered ? null : `it answered ${status}` };
  } catch (error) {
    return { status: null, problem: describe(error, timeoutMs) };
  }
}

/** Hex HMAC-SHA256 of `<seconds since 1970>.<body>`: the time is signed too, so that an old delivery cannot be sent again. */
export function signature(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
}

function post(
  url: URL,
  { id, event, body, secret }: DueDelivery,
  { nowMs, signal, world }: { readonly nowMs: number; readonly signal: AbortSignal; readonly world: World },
): Promise<number> {
  const seconds = Math.floor(nowMs / 1000);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'descent',
    'x-descent-event': event,
    'x-descent-delivery': id,
    'x-descent-signature': `t=${seconds},v1=${signature(secret, seconds, body)}`,
  };
  return new Promise((resolve, reject) => {
    const lookup = checkedLookup(url, world);
    const outgoing = world.request(
      url,
      { method: 'POST', lookup, signal, agent: false, headers },
      (answer) => {
        answer.destroy();
        resolve(answer.statusCode ?? 0);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function describe(error: unknown, timeoutMs: number): string {
  if (error instanceof DescentError) return String(error.details.problem ?? error.message);
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return `it did not answer within ${timeoutMs / 1000} s`;
  return error instanceof Error ? error.message.slice(0, 300) : 'it cannot be reached';
}
