import type { ClassImport, ClassImported } from '@descent/contracts';
import {
  defaultTeamSettings,
  deleteInvite,
  findTeamByName,
  insertTeam,
  listInvites,
  listMembers,
  type TeamRecord,
} from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { invite } from './invite.ts';

/** A term: who joins late still finds a link that works. */
const linkSeconds = 180 * 24 * 3600;

/**
 * Makes the teams of a class list that are not there yet and one link, for one use, for each student. May be run again
 * with a longer list: who has joined is left alone, who has not gets a new link, and the one before is of no use any more.
 */
export async function importClass(context: Context, { students }: ClassImport): Promise<ClassImported> {
  const nowMs = context.clock();
  const time = new Date(nowMs).toISOString();
  return context.db.transaction().execute(async (transaction) => {
    let teamsCreated = 0;
    const answer: ClassImported['students'] = [];
    for (const { team: teamName, name, email = null, role = 'member' } of students) {
      let team: TeamRecord | null = await findTeamByName(transaction, teamName);
      if (team === null) {
        team = { id: `team_${ulid(nowMs)}`, name: teamName, createdAt: time, ...defaultTeamSettings };
        await insertTeam(transaction, team);
        teamsCreated++;
      }
      const isSame = (one: { readonly name: string | null; readonly email: string | null }) =>
        email === null ? one.name === name : one.email === email;
      const joined = (await listMembers(transaction, team.id)).some(isSame);
      for (const open of joined ? [] : await listInvites(transaction, team.id, time)) {
        if (isSame(open)) await deleteInvite(transaction, open.id);
      }
      const order = { role, name, ...(email === null ? {} : { email }), expiresInSeconds: linkSeconds };
      const code = joined ? null : (await invite(transaction, team.id, order, nowMs)).code;
      answer.push({ team: { id: team.id, name: team.name }, name, email, code });
    }
    return { teamsCreated, students: answer };
  });
}
