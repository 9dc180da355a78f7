import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefusals } from './refusals.ts';

// Vitest's timers do not reach these.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => globalThis.setTimeout(resolve, ms)),
}));

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('a refusal now and then is answered at once, of a flood 50 a second, and beyond 500 that wait the connection closes as late', async () => {
  const refusals = createRefusals();
  let answered = 0;
  const send = (sender: string) => {
    const request = new IncomingMessage(new Socket());
    void refusals.await(sender, request).then(() => {
      if (!request.destroyed) answered++;
    });
    return request;
  };
  const flood = Array.from({ length: 503 }, () => send('flood'));
  const closed = () => flood.filter(({ destroyed }) => destroyed).length;
  await vi.advanceTimersByTimeAsync(1);
  expect(answered).toBe(1);
  // Nobody else waits for them.
  send('another');
  await vi.advanceTimersByTimeAsync(1);
  expect(answered).toBe(2);
  await vi.advanceTimersByTimeAsync(9_900);
  expect(closed()).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  // Of 501 the last one waited for ten seconds.
  expect([answered, closed()]).toEqual([502, 2]);
  const later = send('flood');
  await vi.advanceTimersByTimeAsync(1);
  expect([answered, later.destroyed]).toEqual([503, false]);
});
