import { DescentError, isDescentError } from '@descent/errors';

/** What a thread sends back: errors lose their class on the way, so they travel as their body. */
export type ThreadAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ReturnType<DescentError['toBody']> };

export async function answering<Value>(work: () => Promise<Value>): Promise<ThreadAnswer<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isDescentError(error)) return { ok: false, error: error.toBody() };
    throw error;
  }
}

/** @throws DescentError the one that was thrown in the thread */
export function unwrap<Value>(answer: ThreadAnswer<Value>): Value {
  if (answer.ok) return answer.value;
  throw DescentError.fromBody(answer.error);
}
