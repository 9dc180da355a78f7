import { type Static, Type } from 'typebox';
import { TeamId } from './accounts.ts';
import { Closed, OneOf } from './closed.ts';
import { JobId } from './job-id.ts';

const ulid = '[0-9A-HJKMNP-TV-Z]{26}';
export const WebhookId = Type.String({ pattern: `^whk_${ulid}$` });
const Time = Type.String({ format: 'date-time' });

/** `diverged` is a failure whose loss was no longer a number. */
export const webhookEvents = ['succeeded', 'failed', 'diverged', 'cancelled'] as const;
export const WebhookEvent = OneOf(webhookEvents);
export type WebhookEvent = Static<typeof WebhookEvent>;

export const WebhookCreate = Closed({
  url: Type.String({ minLength: 1, maxLength: 2000, description: 'https, of a host that staff allow' }),
  job: Type.Optional({ ...JobId, description: 'Left out: every job of the team (needs an owner)' }),
  events: Type.Optional(
    Type.Array(WebhookEvent, { minItems: 1, uniqueItems: true, description: 'Left out: all of them' }),
  ),
});
export type WebhookCreate = Static<typeof WebhookCreate>;

export const Webhook = Closed({
  id: WebhookId,
  team: TeamId,
  job: Type.Union([JobId, Type.Null()], { description: 'null: every job of the team' }),
  url: Type.String(),
  events: Type.Array(WebhookEvent),
  createdAt: Time,
});
export type Webhook = Static<typeof Webhook>;

export const WebhookCreated = Closed({
  webhook: Webhook,
  secret: Type.String({ description: 'Shown this once: the key of the signature of every delivery' }),
});
export type WebhookCreated = Static<typeof WebhookCreated>;

export const WebhookDelivery = Closed({
  id: Type.String({ pattern: `^whd_${ulid}$`, description: 'As in the header x-descent-delivery' }),
  event: Type.Union([WebhookEvent, Type.Literal('test')]),
  job: Type.String(),
  state: OneOf(['waiting', 'delivered', 'failed']),
  attempts: Type.Integer(),
  status: Type.Union([Type.Integer(), Type.Null()], { description: 'What the address answered last' }),
  problem: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed' }),
  createdAt: Time,
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;
