import { DescentError } from '@descent/errors';
import { type BackOff, defaultBackOff, delayBefore, wait } from './back-off.ts';

/**
 * The answer of a call that changes nothing, made again while the service is away. Throws the DescentError of a refusal
 * that repeating cannot cure at once, and the last failure after `backOff.attempts` further calls: those of the default are
 * spread over 40 to 75 s, a restart of the api several times over.
 */
export async function patiently<Answer>(
  call: () => Promise<Answer>,
  options: { readonly signal?: AbortSignal; readonly backOff?: Partial<BackOff> } = {},
): Promise<Answer> {
  const backOff = { ...defaultBackOff, ...options.backOff };
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      const mayPass = error instanceof DescentError && error.entry.retryable;
      if (!mayPass || failures > backOff.attempts) throw error;
      await wait(delayBefore(failures, backOff, Math.random()), options.signal);
    }
  }
}
