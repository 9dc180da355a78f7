import type { Identity } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Database, findMember, findTeam, listTokens, type TokenRecord } from '@descent/storage';

/** @throws DescentError UNAUTHENTICATED: removed or revoked since the request came in */
export async function identityOf(db: Database, caller: TokenRecord): Promise<Identity> {
  const [member, team, [token]] = await Promise.all([
    findMember(db, caller.memberId),
    findTeam(db, caller.teamId),
    listTokens(db, { id: caller.id }),
  ]);
  if (member === null || team === null || token === undefined) throw new DescentError('UNAUTHENTICATED', {});
  return { member, team: { id: team.id, name: team.name }, token };
}
