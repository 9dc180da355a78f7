import { Closed, SessionByInvite, SessionByToken, SessionId, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { deleteSession, listSessions, sessionOwner } from '@descent/storage';
import { startSession } from '../accounts/start-session.ts';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { anybody, requires } from '../http/policy.ts';
import { comesFromElsewhere } from '../http/same-origin.ts';
import { failures, listOf, ref } from '../http/schemas.ts';
import { clearSessionCookie, setSessionCookie } from '../http/session-cookie.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...SessionId, description: 'a session id (ses_…)' } });

export function sessionRoutes(app: Routes, context: Context): void {
  const { db } = context;

  app.post(
    '/sessions',
    {
      config: anybody,
      bodyLimit: 4096,
      schema: {
        operationId: 'signIn',
        summary: 'Sign a browser in, with a token or an invitation',
        description:
          'Sets a cookie that speaks for the token: HttpOnly, SameSite=Strict, Secure behind TLS. It ends with the token, after ' +
          'half a day without use, and after a week at the latest (remembered: 14 and 30 days).',
        tags: ['accounts'],
        security: [],
        body: { anyOf: [ref('SessionByToken'), ref('SessionByInvite')] },
        response: {
          201: { description: 'Signed in', ...ref('SessionCreated') },
          ...failures(404, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      // Nobody else's page may sign a user in as somebody.
      if (comesFromElsewhere(request)) throw new DescentError('CROSS_SITE', {});
      const order = hasCode(request.body)
        ? validate(SessionByInvite, request.body)
        : validate(SessionByToken, request.body);
      const started = await startSession(context, order, request.headers['user-agent'] ?? '');
      request.token = started.caller;
      request.changed = started.created.session.id;
      setSessionCookie(request, reply, started.secret, started);
      return reply.status(201).header('cache-control', 'no-store').send(started.created);
    },
  );

  app.get(
    '/sessions',
    {
      config: requires('read'),
      schema: {
        operationId: 'listSessions',
        summary: 'Browsers in which you are signed in',
        tags: ['accounts'],
        response: { 200: listOf('sessions', 'Session'), ...failures() },
      },
    },
    async (request) => {
      const { memberId, session } = callerOf(request);
      const sessions = await listSessions(db, memberId, new Date(context.clock()).toISOString());
      return { sessions: sessions.map((one) => ({ ...one, current: one.id === session })) };
    },
  );

  app.delete(
    '/sessions/current',
    {
      config: requires('read'),
      schema: {
        operationId: 'signOut',
        summary: 'Sign this browser out; its streams close',
        tags: ['accounts'],
        response: { 204: { description: 'Signed out', type: 'null' }, ...failures(404) },
      },
    },
    async (request, reply) => {
      const { session } = callerOf(request);
      if (session === null) throw new DescentError('SESSION_NOT_FOUND', { session: 'of a token' });
      await deleteSession(db, session);
      request.changed = session;
      clearSessionCookie(request, reply);
      await context.streams.closeInvalid();
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/sessions/:id',
    {
      config: requires('read', { object: 'session' }),
      schema: {
        operationId: 'endSession',
        summary: 'Sign another browser out',
        tags: ['accounts'],
        params: Params,
        response: { 204: { description: 'Signed out', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await sessionOwner(db, id)) === null) throw new DescentError('SESSION_NOT_FOUND', { session: id });
      await deleteSession(db, id);
      await context.streams.closeInvalid();
      return reply.status(204).send(null);
    },
  );
}

function hasCode(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'code' in body;
}
