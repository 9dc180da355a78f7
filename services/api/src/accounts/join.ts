import type { Joined, JoinRequest, Member } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findTeam, insertMember, useInvite } from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { hashToken } from '../tokens/token.ts';
import { issueToken } from './issue-token.ts';

/**
 * Makes a member, and its first token, of an invitation. Of two at once with the last use of a code one is let in.
 * @throws DescentError INVITE_INVALID, REQUEST_INVALID (neither the request nor the invitation has a name)
 */
export async function join(context: Context, { code, name }: JoinRequest): Promise<Joined> {
  const nowMs = context.clock();
  const createdAt = new Date(nowMs).toISOString();
  return context.db.transaction().execute(async (transaction) => {
    const invite = await useInvite(transaction, hashToken(code), createdAt);
    const team = invite === null ? null : await findTeam(transaction, invite.team);
    if (invite === null || team === null) throw new DescentError('INVITE_INVALID', {});
    const called = name ?? invite.name;
    if (called === null) {
      throw new DescentError('REQUEST_INVALID', {
        path: 'name',
        problem: 'is needed: the invitation names nobody',
      });
    }
    const member: Member = {
      id: `mem_${ulid(nowMs)}`,
      team: team.id,
      name: called,
      email: invite.email,
      role: invite.role,
      createdAt,
    };
    await insertMember(transaction, member);
    const rights = { scopes: ['read', 'submit', 'manage'], lentTo: null, expiresAt: null } as const;
    const issued = await issueToken(transaction, { name: 'first', memberId: member.id, ...rights }, nowMs);
    return { member, team: { id: team.id, name: team.name }, ...issued };
  });
}
