import { randomBytes } from 'node:crypto';
import { Closed, validate, type Webhook, WebhookCreate, WebhookId, webhookEvents } from '@descent/contracts';
import { DescentError, isDescentError } from '@descent/errors';
import {
  deleteWebhook,
  findJob,
  findWebhook,
  insertDelivery,
  insertWebhook,
  listDeliveries,
  listWebhooks,
} from '@descent/storage';
import { ulid } from 'ulid';
import { requireRole } from '../accounts/require-role.ts';
import type { Context } from '../context.ts';
import { checkedUrl } from '../datasets/fetch-file.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requireVisible } from '../http/objects.ts';
import { requires } from '../http/policy.ts';
import { failures, listOf, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...WebhookId, description: 'a webhook id (whk_…)' } });
const mostPerTeam = 50;
const deliveriesShown = 100;

export function webhookRoutes(app: Routes, context: Context): void {
  const { db, clock } = context;

  app.get(
    '/webhooks',
    {
      config: requires('read'),
      schema: {
        operationId: 'listWebhooks',
        summary: 'Addresses that are told of the end of jobs',
        tags: ['jobs'],
        response: { 200: listOf('webhooks', 'Webhook'), ...failures() },
      },
    },
    async (request) => ({ webhooks: await listWebhooks(db, teamSeen(callerOf(request)).team) }),
  );

  app.post(
    '/webhooks',
    {
      config: requires('submit'),
      schema: {
        operationId: 'createWebhook',
        summary: 'Tell an address when a job ends, fails or diverges',
        description:
          'Of one job, or of every job of the team (needs an owner). Each delivery is signed: `x-descent-signature: t=<seconds>,v1=<hex>` is ' +
          'the HMAC-SHA256 of `<seconds>.<body>` under the secret. What is not answered 2xx within 10 s is sent again after 10 s, 1 min, ' +
          '5 min, 30 min and 2 h. Off until staff name hosts in DESCENT_WEBHOOK_URL_HOSTS.',
        tags: ['jobs'],
        body: ref('WebhookCreate'),
        response: {
          201: { description: 'Made', ...ref('WebhookCreated') },
          ...failures(404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const order = validate(WebhookCreate, request.body);
      requireAllowed(order.url, context.limits.webhookHosts);
      const team = await teamOf(order.job);
      if (team === null) requireRole(caller, 'owner');
      const webhook: Webhook = {
        id: `whk_${ulid(clock())}`,
        team: team ?? caller.teamId,
        job: order.job ?? null,
        url: order.url,
        events: order.events ?? [...webhookEvents],
        createdAt: new Date(clock()).toISOString(),
      };
      if ((await listWebhooks(db, webhook.team)).length >= mostPerTeam) {
        throw new DescentError('REQUEST_INVALID', {
          path: 'url',
          problem: `the team has ${mostPerTeam} webhooks already; delete one first`,
        });
      }
      const secret = `whs_${randomBytes(24).toString('hex')}`;
      await insertWebhook(db, webhook, secret);
      request.changed = webhook.id;
      return reply.status(201).send({ webhook, secret });

      async function teamOf(jobId: string | undefined): Promise<string | null> {
        if (jobId === undefined) return null;
        await requireVisible(db, 'job', jobId, caller);
        const job = await findJob(db, jobId);
        if (job === null) throw new DescentError('JOB_NOT_FOUND', { jobId });
        return job.teamId;
      }
    },
  );

  app.delete(
    '/webhooks/:id',
    {
      config: requires('submit', { object: 'webhook' }),
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Tell an address no more',
        tags: ['jobs'],
        params: Params,
        response: { 204: { description: 'Gone', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id, job } = await requireWebhook(request.params.id);
      if (job === null) requireRole(callerOf(request), 'owner');
      await deleteWebhook(db, id);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/webhooks/:id/deliveries',
    {
      config: requires('read', { object: 'webhook' }),
      schema: {
        operationId: 'listDeliveries',
        summary: 'What an address was sent, newest first, and how it answered',
        tags: ['jobs'],
        params: Params,
        response: { 200: listOf('deliveries', 'WebhookDelivery'), ...failures(404, 422) },
      },
    },
    async (request) => {
      const { id } = await requireWebhook(request.params.id);
      return { deliveries: await listDeliveries(db, id, deliveriesShown) };
    },
  );

  app.post(
    '/webhooks/:id/test',
    {
      config: requires('submit', { object: 'webhook' }),
      schema: {
        operationId: 'testWebhook',
        summary: 'Send an address a delivery of the event `test` now',
        tags: ['jobs'],
        params: Params,
        response: {
          202: { description: 'It waits to be sent', ...ref('Webhook') },
          ...failures(404, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const webhook = await requireWebhook(request.params.id);
      const id = `whd_${ulid(clock())}`;
      const body = JSON.stringify({
        delivery: id,
        event: 'test',
        time: new Date(clock()).toISOString(),
        job: null,
      });
      await insertDelivery(db, { id, webhookId: webhook.id, event: 'test', job: '', body, nowMs: clock() });
      return reply.status(202).send(webhook);
    },
  );

  async function requireWebhook(id: string): Promise<Webhook> {
    const webhook = await findWebhook(db, id);
    if (webhook === null) throw new DescentError('WEBHOOK_NOT_FOUND', { webhook: id });
    return webhook;
  }
}

function requireAllowed(url: string, hosts: readonly string[]): void {
  const refused = (problem: string) => new DescentError('REQUEST_INVALID', { path: 'url', problem });
  if (hosts.length === 0)
    throw refused('this server calls no addresses: staff name hosts in DESCENT_WEBHOOK_URL_HOSTS');
  try {
    checkedUrl(url, hosts);
  } catch (error) {
    throw isDescentError(error, 'URL_REFUSED') ? refused(String(error.details.problem)) : error;
  }
}
