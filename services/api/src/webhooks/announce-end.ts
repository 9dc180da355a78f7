import type { WebhookEvent } from '@descent/contracts';
import { type Database, insertDelivery, type JobRecord, webhooksFor } from '@descent/storage';
import { ulid } from 'ulid';

/** In the transaction that ends a job: whoever learns of the end finds the deliveries waiting. */
export async function announceEnd(db: Database, job: JobRecord, nowMs: number): Promise<void> {
  const event = eventOf(job);
  if (event === null) return;
  for (const webhook of await webhooksFor(db, { team: job.teamId, job: job.id, event })) {
    const id = `whd_${ulid(nowMs)}`;
    const body = JSON.stringify(deliveryBody(id, event, job, nowMs));
    await insertDelivery(db, { id, webhookId: webhook.id, event, job: job.id, body, nowMs });
  }
}

function eventOf({ state, error }: JobRecord): WebhookEvent | null {
  switch (state) {
    case 'succeeded':
    case 'cancelled':
      return state;
    case 'failed':
      return error?.code === 'JOB_DIVERGED' ? 'diverged' : 'failed';
    default:
      return null;
  }
}

/** What an address is sent. */
export function deliveryBody(delivery: string, event: WebhookEvent | 'test', job: JobRecord, nowMs: number) {
  const { id, name, state, reason, progress, latest, validation, weightsHash, error } = job;
  return {
    delivery,
    event,
    time: new Date(nowMs).toISOString(),
    job: { id, name, team: job.teamId, state, reason, progress, latest, validation, weightsHash, error },
  };
}
