import { Closed, type Scope, TokenCreate, TokenId, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findTeam, listTokens, revokeToken, type TokenRecord, tokenOwner } from '@descent/storage';
import { issueToken } from '../accounts/issue-token.ts';
import { requireRole } from '../accounts/require-role.ts';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, listOf, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...TokenId, description: 'a token id (tok_…)' } });

export function tokenRoutes(app: Routes, context: Context): void {
  const { db } = context;

  app.get(
    '/tokens',
    {
      config: requires('read'),
      schema: {
        operationId: 'listTokens',
        summary: 'Your tokens; for owners those of the team, for staff all',
        tags: ['accounts'],
        response: { 200: listOf('tokens', 'Token'), ...failures() },
      },
    },
    async (request) => ({ tokens: await listTokens(db, visibleTo(callerOf(request))) }),
  );

  app.post(
    '/tokens',
    {
      config: requires('manage'),
      schema: {
        operationId: 'createToken',
        summary: 'Make a token for yourself, or for workers',
        description: 'The token is shown this once. It can do at most what the one you send can do.',
        tags: ['accounts'],
        body: ref('TokenCreate'),
        response: { 201: { description: 'Made', ...ref('TokenCreated') }, ...failures(404, 415, 422) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const {
        name,
        scopes = ['read', 'submit'],
        expiresInSeconds,
        lentTo,
      } = validate(TokenCreate, request.body);
      const nowMs = context.clock();
      const order = {
        name,
        memberId: caller.memberId,
        scopes,
        lentTo: scopes.includes('worker') ? await lent(context, caller, lentTo) : null,
        expiresAt:
          expiresInSeconds === undefined ? null : new Date(nowMs + expiresInSeconds * 1000).toISOString(),
      };
      requireScopes(caller, scopes, lentTo !== undefined);
      const issued = await issueToken(db, order, nowMs);
      request.changed = issued.token.id;
      return reply.status(201).send(issued);
    },
  );

  app.delete(
    '/tokens/:id',
    {
      config: requires('manage', { object: 'token' }),
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke a token; streams that are open with it close',
        tags: ['accounts'],
        params: Params,
        response: { 204: { description: 'Revoked', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await tokenOwner(db, id)) === null) throw new DescentError('TOKEN_NOT_FOUND', { token: id });
      await revokeToken(db, id, new Date(context.clock()).toISOString());
      await context.streams.closeInvalid();
      return reply.status(204).send(null);
    },
  );
}

function visibleTo({ role, teamId, memberId }: TokenRecord): Parameters<typeof listTokens>[1] {
  switch (role) {
    case 'staff':
      return {};
    case 'owner':
      return { team: teamId };
    case 'member':
      return { member: memberId };
    default:
      return role satisfies never;
  }
}

/** A token gives at most what it has; `worker` is another matter, which owners decide. */
function requireScopes(caller: TokenRecord, scopes: readonly Scope[], isLent: boolean): void {
  const problem = (path: string, text: string) =>
    new DescentError('REQUEST_INVALID', { path, problem: text });
  if (scopes.includes('worker')) {
    if (scopes.length > 1) throw problem('scopes', '"worker" stands alone: a worker needs nothing else');
    requireRole(caller, 'owner');
    return;
  }
  if (isLent) throw problem('lentTo', 'goes with the scope "worker" only');
  const missing = scopes.find((scope) => !caller.scopes.includes(scope));
  if (missing !== undefined) throw new DescentError('SCOPE_MISSING', { scope: missing });
}

/** Only staff have workers that serve everybody, or another team. */
async function lent({ db }: Context, caller: TokenRecord, team: string | undefined): Promise<string | null> {
  if (caller.role !== 'staff') {
    if (team !== undefined && team !== caller.teamId) throw new DescentError('TEAM_NOT_FOUND', { team });
    return caller.teamId;
  }
  if (team !== undefined && (await findTeam(db, team)) === null)
    throw new DescentError('TEAM_NOT_FOUND', { team });
  return team ?? null;
}
