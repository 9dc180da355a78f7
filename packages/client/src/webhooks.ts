import type { Webhook, WebhookCreate, WebhookCreated, WebhookDelivery } from '@descent/contracts';
import type { CallOptions } from './jobs.ts';
import type { Transport } from './transport.ts';

export type WebhooksApi = ReturnType<typeof createWebhooksApi>;

/** Addresses that are told of the end of jobs. */
export function createWebhooksApi({ http, body, done }: Transport) {
  const of = (id: string) => ({ params: { path: { id } } });

  return {
    async list(options: CallOptions = {}): Promise<Webhook[]> {
      return (await body(http.GET('/v1/webhooks', { ...options }))).webhooks;
    },

    /** The answer holds the secret of its signatures, this once. Of every job of the team it needs an owner. */
    create(order: WebhookCreate, options: CallOptions = {}): Promise<WebhookCreated> {
      return body(http.POST('/v1/webhooks', { body: order, ...options }));
    },

    remove(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/webhooks/{id}', { ...of(id), ...options }));
    },

    /** Sends a delivery of the event `test`; `deliveries` tells how it was answered. */
    test(id: string, options: CallOptions = {}): Promise<Webhook> {
      return body(http.POST('/v1/webhooks/{id}/test', { ...of(id), ...options }));
    },

    /** What it was sent, newest first, and how the address answered. */
    async deliveries(id: string, options: CallOptions = {}): Promise<WebhookDelivery[]> {
      return (await body(http.GET('/v1/webhooks/{id}/deliveries', { ...of(id), ...options }))).deliveries;
    },
  };
}
