import { DescentError } from '@descent/errors';

/** The DescentError that a call ends with, as `CODE: message`. */
export async function failureOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof DescentError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('the call succeeded');
}
