import { Closed, InviteId, MemberChange, MemberId, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  changeRole,
  countStaff,
  type Database,
  deleteInvite,
  findInvite,
  findMember,
  removeMember,
} from '@descent/storage';
import { requireRole } from '../accounts/require-role.ts';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: { ...MemberId, description: 'a member id (mem_…)' } });
const InviteParams = Closed({ id: { ...InviteId, description: 'an invitation id (inv_…)' } });

export function memberRoutes(app: Routes, context: Context): void {
  const { db } = context;

  app.patch(
    '/members/:id',
    {
      config: requires('manage', { role: 'owner', object: 'member' }),
      schema: {
        operationId: 'changeMember',
        summary: 'Change the role of a member',
        tags: ['accounts'],
        params: Params,
        body: ref('MemberChange'),
        response: {
          200: { description: 'The member now', ...ref('Member') },
          ...failures(404, 409, 415, 422),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { role } = validate(MemberChange, request.body);
      requireRole(callerOf(request), role);
      return db.transaction().execute(async (transaction) => {
        const member = await requireMember(transaction, id);
        requireRole(callerOf(request), member.role);
        if (member.role === 'staff' && role !== 'staff') await requireOtherStaff(transaction);
        await changeRole(transaction, id, role);
        return { ...member, role };
      });
    },
  );

  app.delete(
    '/members/:id',
    {
      config: requires('manage', { role: 'owner', object: 'member' }),
      schema: {
        operationId: 'removeMember',
        summary: 'Remove a member: its tokens are of no use any more, its jobs stay with the team',
        tags: ['accounts'],
        params: Params,
        response: { 204: { description: 'Removed', type: 'null' }, ...failures(404, 409, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await db.transaction().execute(async (transaction) => {
        const member = await requireMember(transaction, id);
        requireRole(callerOf(request), member.role);
        if (member.role === 'staff') await requireOtherStaff(transaction);
        await removeMember(transaction, id, new Date(context.clock()).toISOString());
      });
      await context.streams.closeInvalid();
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/invites/:id',
    {
      config: requires('manage', { role: 'owner', object: 'invite' }),
      schema: {
        operationId: 'withdrawInvite',
        summary: 'Withdraw an invitation',
        tags: ['accounts'],
        params: InviteParams,
        response: { 204: { description: 'Withdrawn', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await findInvite(db, id)) === null) throw new DescentError('INVITE_NOT_FOUND', { invite: id });
      await deleteInvite(db, id);
      return reply.status(204).send(null);
    },
  );
}

async function requireMember(db: Database, id: string) {
  const member = await findMember(db, id);
  if (member === null) throw new DescentError('MEMBER_NOT_FOUND', { member: id });
  return member;
}

async function requireOtherStaff(db: Database): Promise<void> {
  if ((await countStaff(db)) < 2) throw new DescentError('LAST_STAFF', {});
}
