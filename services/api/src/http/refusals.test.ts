import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefusals } from './refusals.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('a refusal now and then is answered at once, of a flood 50 a second, and beyond 500 that wait the connection closes', async () => {
  const refusals = createRefusals();
  const request = () => new IncomingMessage(new Socket());
  await refusals.await('other', request());
  const waits = Array.from({ length: 503 }, request);
  for (const one of waits) void refusals.await('flood', one);
  // Of 501 the last one waits for ten seconds.
  expect(waits.filter(({ destroyed }) => destroyed)).toHaveLength(2);
  // Nobody else waits for them.
  await refusals.await('another', request());
  vi.advanceTimersByTime(10_000);
  const later = request();
  void refusals.await('flood', later);
  expect(later.destroyed).toBe(false);
});
