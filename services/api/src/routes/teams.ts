import { Closed, InviteCreate, TeamChange, TeamCreate, TeamId, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  changeTeam,
  defaultTeamSettings,
  findTeam,
  findTeamByName,
  insertTeam,
  listInvites,
  listMembers,
  listTeams,
  type TeamRecord,
} from '@descent/storage';
import { ulid } from 'ulid';
import { invite } from '../accounts/invite.ts';
import { presentTeam, presentTeams } from '../accounts/present-teams.ts';
import { requireRole } from '../accounts/require-role.ts';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, listOf, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...TeamId, description: 'a team id (team_…)' } });

export function teamRoutes(app: Routes, context: Context): void {
  const { db } = context;

  app.get(
    '/teams',
    {
      config: requires('read'),
      schema: {
        operationId: 'listTeams',
        summary: 'Your team; for staff all teams',
        tags: ['accounts'],
        response: { 200: listOf('teams', 'Team'), ...failures() },
      },
    },
    async (request) => {
      const { role, teamId } = callerOf(request);
      const all = await listTeams(db);
      return {
        teams: await presentTeams(db, role === 'staff' ? all : all.filter(({ id }) => id === teamId)),
      };
    },
  );

  app.post(
    '/teams',
    {
      config: requires('manage', { role: 'staff' }),
      schema: {
        operationId: 'createTeam',
        summary: 'Create a team',
        tags: ['accounts'],
        body: ref('TeamCreate'),
        response: { 201: { description: 'Created', ...ref('Team') }, ...failures(409, 415, 422) },
      },
    },
    async (request, reply) => {
      const order = validate(TeamCreate, request.body);
      const nowMs = context.clock();
      const team: TeamRecord = {
        ...defaultTeamSettings,
        ...order,
        id: `team_${ulid(nowMs)}`,
        createdAt: new Date(nowMs).toISOString(),
      };
      if (!(await insertTeam(db, team))) throw new DescentError('TEAM_NAME_TAKEN', { name: team.name });
      return reply
        .status(201)
        .header('location', `/v1/teams/${team.id}`)
        .send(await presentTeam(db, team));
    },
  );

  app.get(
    '/teams/:id',
    {
      config: requires('read', { object: 'team' }),
      schema: {
        operationId: 'getTeam',
        summary: 'One team with its settings',
        tags: ['accounts'],
        params: Params,
        response: { 200: { description: 'The team', ...ref('Team') }, ...failures(404, 422) },
      },
    },
    async (request) => presentTeam(db, await requireTeam(context, request.params.id)),
  );

  app.patch(
    '/teams/:id',
    {
      config: requires('manage', { role: 'staff', object: 'team' }),
      schema: {
        operationId: 'changeTeam',
        summary: 'Rename a team or change its settings',
        tags: ['accounts'],
        params: Params,
        body: ref('TeamChange'),
        response: { 200: { description: 'The team now', ...ref('Team') }, ...failures(404, 409, 415, 422) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const change = validate(TeamChange, request.body);
      await db.transaction().execute(async (transaction) => {
        const named = change.name === undefined ? null : await findTeamByName(transaction, change.name);
        if (named !== null && named.id !== id)
          throw new DescentError('TEAM_NAME_TAKEN', { name: named.name });
        await changeTeam(transaction, id, change);
      });
      context.books.forgetTeams();
      context.wakeDispatcher();
      return presentTeam(db, await requireTeam(context, id));
    },
  );

  app.get(
    '/teams/:id/members',
    {
      config: requires('read', { object: 'team' }),
      schema: {
        operationId: 'listMembers',
        summary: 'Members of a team',
        tags: ['accounts'],
        params: Params,
        response: { 200: listOf('members', 'Member'), ...failures(404, 422) },
      },
    },
    async (request) => {
      const { id } = await requireTeam(context, request.params.id);
      return { members: await listMembers(db, id) };
    },
  );

  app.get(
    '/teams/:id/invites',
    {
      config: requires('manage', { role: 'owner', object: 'team' }),
      schema: {
        operationId: 'listInvites',
        summary: 'Invitations to a team that can be used',
        tags: ['accounts'],
        params: Params,
        response: { 200: listOf('invites', 'Invite'), ...failures(404, 422) },
      },
    },
    async (request) => {
      const { id } = await requireTeam(context, request.params.id);
      return { invites: await listInvites(db, id, new Date(context.clock()).toISOString()) };
    },
  );

  app.post(
    '/teams/:id/invites',
    {
      config: requires('manage', { role: 'owner', object: 'team' }),
      schema: {
        operationId: 'createInvite',
        summary: 'Invite to a team',
        description: 'The link to hand out is `<server>/#join=<code>`; the code is shown this once.',
        tags: ['accounts'],
        params: Params,
        body: ref('InviteCreate'),
        response: { 201: { description: 'Invited', ...ref('InviteCreated') }, ...failures(404, 415, 422) },
      },
    },
    async (request, reply) => {
      const order = validate(InviteCreate, request.body ?? {});
      requireRole(callerOf(request), order.role ?? 'member');
      const { id } = await requireTeam(context, request.params.id);
      const made = await invite(db, id, order, context.clock());
      request.changed = made.invite.id;
      return reply.status(201).send(made);
    },
  );
}

async function requireTeam({ db }: Context, id: string): Promise<TeamRecord> {
  const team = await findTeam(db, id);
  if (team === null) throw new DescentError('TEAM_NOT_FOUND', { team: id });
  return team;
}
