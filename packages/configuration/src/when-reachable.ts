import { setTimeout as delay } from 'node:timers/promises';

const tryEveryMs = 250;
const tellEveryMs = 10_000;

/**
 * Resolves when a service answers below this address, however long that takes: services may be started in any order.
 * Tells what is being waited for at once and every 10 s.
 */
export async function whenReachable(url: string, tell: (problem: string) => void): Promise<void> {
  for (let toldAt = Number.NEGATIVE_INFINITY; ; await delay(tryEveryMs)) {
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      if (response.ok) return;
      throw new Error(`it answers ${response.status}`);
    } catch (error) {
      if (performance.now() - toldAt < tellEveryMs) continue;
      toldAt = performance.now();
      tell(`waiting for the api at ${url}: ${reasonOf(error)}`);
    }
  }
}

/** `fetch` hides why it failed in the cause of its error. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : String(cause);
}
