import { scopes } from '@descent/contracts';
import { removeMember, revokeToken } from '@descent/storage';
import { createToken } from '../tokens/token.ts';
import { type ApiFixture, serviceToken } from './api-fixture.ts';
import { createMember } from './teams.ts';

/** Callers who are nobody, whatever they ask for. */
export const nobodies = [
  'without a token',
  'with an unknown token',
  'with an expired token',
  'with a revoked token',
  'with a token of a removed member',
] as const;
export type Nobody = (typeof nobodies)[number];

/** The secret that each of them sends; undefined: none. The tokens had every scope, and their members are staff of the team. */
export async function createNobodies(
  api: ApiFixture,
  team: string,
): Promise<Record<Nobody, string | undefined>> {
  const { db } = api.app.context;
  const time = new Date(api.time.now).toISOString();
  const staff = await createMember(api, team, 'staff');
  const gone = await createMember(api, team, 'staff');
  const ofGone = await gone.token([...scopes]);
  await removeMember(db, gone.id, time);
  const revoked = await staff.token([...scopes]);
  await revokeToken(db, revoked.id, time);
  return {
    'without a token': undefined,
    'with an unknown token': createToken(),
    'with an expired token': (await staff.token([...scopes], { expiresAtMs: api.time.now })).secret,
    'with a revoked token': revoked.secret,
    'with a token of a removed member': ofGone.secret,
  };
}

/** Callers who are somebody. */
export const somebodies = [
  'a member',
  'an owner',
  'staff',
  'a worker of the team',
  'a worker of another team',
  'one of our own processes',
] as const;
export type Somebody = (typeof somebodies)[number];

/** Their secrets, each good for all that its kind may have. @param teams theirs, and another */
export async function createSomebodies(
  api: ApiFixture,
  [ours, theirs]: readonly [string, string],
): Promise<Record<Somebody, string>> {
  const people = scopes.filter((scope) => scope !== 'worker');
  const of = async (role: 'member' | 'owner' | 'staff') =>
    (await (await createMember(api, ours, role)).token(people)).secret;
  const workerOf = async (team: string) =>
    (await (await createMember(api, team, 'owner')).token(['worker'], { lentTo: team })).secret;
  return {
    'a member': await of('member'),
    'an owner': await of('owner'),
    staff: await of('staff'),
    'a worker of the team': await workerOf(ours),
    'a worker of another team': await workerOf(theirs),
    'one of our own processes': serviceToken,
  };
}
