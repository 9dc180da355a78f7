import type { Webhook, WebhookDelivery, WebhookEvent } from '@descent/contracts';
import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { WebhooksTable } from './database/tables.ts';
import { parse, text } from './json.ts';

export async function insertWebhook(db: Database, webhook: Webhook, secret: string): Promise<void> {
  await db
    .insertInto('webhooks')
    .values({
      id: webhook.id,
      team_id: webhook.team,
      job_id: webhook.job,
      url: webhook.url,
      secret,
      events: text(webhook.events),
      created_at: webhook.createdAt,
    })
    .execute();
}

/** Newest first. @param team left out: of every team */
export async function listWebhooks(db: Database, team?: string): Promise<Webhook[]> {
  let query = db.selectFrom('webhooks').selectAll().orderBy('id', 'desc');
  if (team !== undefined) query = query.where('team_id', '=', team);
  return (await query.execute()).map(fromRow);
}

export async function findWebhook(db: Database, id: string): Promise<Webhook | null> {
  const row = await db.selectFrom('webhooks').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** With its deliveries. */
export async function deleteWebhook(db: Database, id: string): Promise<void> {
  await db.deleteFrom('webhook_deliveries').where('webhook_id', '=', id).execute();
  await db.deleteFrom('webhooks').where('id', '=', id).execute();
}

/** Those that are told of this event of this job. */
export async function webhooksFor(
  db: Database,
  { team, job, event }: { readonly team: string; readonly job: string; readonly event: WebhookEvent },
): Promise<Webhook[]> {
  const all = await listWebhooks(db, team);
  return all.filter((one) => (one.job === null || one.job === job) && one.events.includes(event));
}

export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly event: WebhookDelivery['event'];
  readonly job: string;
  /** What is sent, byte for byte, in every attempt. */
  readonly body: string;
  readonly nowMs: number;
}

export async function insertDelivery(db: Database, delivery: NewDelivery): Promise<void> {
  await db
    .insertInto('webhook_deliveries')
    .values({
      id: delivery.id,
      webhook_id: delivery.webhookId,
      event: delivery.event,
      job_id: delivery.job,
      body: delivery.body,
      state: 'waiting',
      attempts: 0,
      next_at_ms: delivery.nowMs,
      status: null,
      problem: null,
      created_at: new Date(delivery.nowMs).toISOString(),
    })
    .execute();
}

/** A delivery that one process attempts. */
export interface DueDelivery {
  readonly id: string;
  readonly event: string;
  readonly body: string;
  /** This one included. */
  readonly attempt: number;
  readonly url: string;
  readonly secret: string;
}

/**
 * Takes deliveries whose time has come: no other process takes them before `leaseMs` are over, when the one that took them
 * must have died.
 */
export async function takeDueDeliveries(
  db: Database,
  { nowMs, leaseMs, limit }: { readonly nowMs: number; readonly leaseMs: number; readonly limit: number },
): Promise<DueDelivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
    .select(['webhook_deliveries.id', 'event', 'body', 'attempts', 'next_at_ms', 'url', 'secret'])
    .where('state', '=', 'waiting')
    .where('next_at_ms', '<=', nowMs)
    .orderBy('next_at_ms')
    .limit(limit)
    .execute();
  const taken: DueDelivery[] = [];
  for (const { id, event, body, attempts, next_at_ms, url, secret } of rows) {
    const { numUpdatedRows } = await db
      .updateTable('webhook_deliveries')
      .set({ attempts: attempts + 1, next_at_ms: nowMs + leaseMs })
      .where('id', '=', id)
      .where('attempts', '=', attempts)
      .where('next_at_ms', '=', next_at_ms)
      .executeTakeFirst();
    if (numUpdatedRows === 1n) taken.push({ id, event, body, attempt: attempts + 1, url, secret });
  }
  return taken;
}

export async function settleDelivery(
  db: Database,
  id: string,
  outcome: {
    readonly state: WebhookDelivery['state'];
    readonly status: number | null;
    readonly problem: string | null;
    readonly nextAtMs: number;
  },
): Promise<void> {
  const { nextAtMs, ...rest } = outcome;
  await db
    .updateTable('webhook_deliveries')
    .set({ ...rest, next_at_ms: nextAtMs })
    .where('id', '=', id)
    .execute();
}

/** Newest first. */
export async function listDeliveries(
  db: Database,
  webhookId: string,
  limit: number,
): Promise<WebhookDelivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select(['id', 'event', 'job_id', 'state', 'attempts', 'status', 'problem', 'created_at'])
    .where('webhook_id', '=', webhookId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ job_id, created_at, event, ...row }) => ({
    ...row,
    event: event as WebhookDelivery['event'],
    job: job_id,
    createdAt: created_at,
  }));
}

/** Of what is over. */
export async function forgetDeliveriesBefore(db: Database, time: string): Promise<void> {
  await db
    .deleteFrom('webhook_deliveries')
    .where('state', '!=', 'waiting')
    .where('created_at', '<', time)
    .execute();
}

function fromRow(row: Selectable<WebhooksTable>): Webhook {
  return {
    id: row.id,
    team: row.team_id,
    job: row.job_id,
    url: row.url,
    events: parse<WebhookEvent[]>(row.events),
    createdAt: row.created_at,
  };
}
