import { setTimeout } from 'node:timers/promises';
import type { DescentClient } from '@descent/client';
import type { Job } from '@descent/contracts';
import type { ProgressView } from './progress-view.ts';

const pollMs = 250;

/**
 * Shows a job until it ends and resolves with it, whatever its end. Events come as they happen; the position is read
 * four times a second, since it changes with every step. Goes on through a restart of the api.
 */
export async function followJob(
  client: DescentClient,
  id: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<Job> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const polling = poll(client, id, view, both);
  try {
    for await (const event of client.jobs.events(id, { signal })) view.event(event);
    const job = await client.jobs.waitUntilEnded(id, { signal });
    view.show(job);
    return job;
  } finally {
    over.abort();
    await polling;
    view.close();
  }
}

async function poll(
  client: DescentClient,
  id: string,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const job = await client.jobs.get(id, { signal });
      if (!signal.aborted) view.show(job);
      await setTimeout(pollMs, undefined, { signal });
    } catch {
      // An outage: the stream of events notices, waits, and says so if it lasts.
      await setTimeout(pollMs, undefined, { signal }).catch(() => {});
    }
  }
}
