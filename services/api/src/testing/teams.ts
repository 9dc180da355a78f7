import type { Role, Scope } from '@descent/contracts';
import {
  defaultTeamSettings,
  insertDataset,
  insertMember,
  insertModel,
  insertTeam,
  insertWebhook,
} from '@descent/storage';
import { ulid } from 'ulid';
import { invite } from '../accounts/invite.ts';
import { issueToken } from '../accounts/issue-token.ts';
import { startSession } from '../accounts/start-session.ts';
import { joinWorker } from '../workers/join-worker.ts';
import { type ApiFixture, exampleWorker } from './api-fixture.ts';

const everything: readonly Scope[] = ['read', 'submit', 'manage'];

export async function createTeam(api: ApiFixture, name: string): Promise<string> {
  const id = `team_${ulid()}`;
  const createdAt = new Date(api.time.now).toISOString();
  await insertTeam(api.app.context.db, { ...defaultTeamSettings, id, name, createdAt });
  return id;
}

export interface TestMember {
  readonly id: string;
  /** A token of the member; it expires at `expiresAtMs` where that is given. */
  token(
    scopes?: readonly Scope[],
    more?: { expiresAtMs?: number; lentTo?: string },
  ): Promise<{ id: string; secret: string }>;
}

export async function createMember(api: ApiFixture, team: string, role: Role): Promise<TestMember> {
  const { db } = api.app.context;
  const id = `mem_${ulid()}`;
  const createdAt = new Date(api.time.now).toISOString();
  await insertMember(db, { id, team, name: role, email: null, role, createdAt });
  return {
    id,
    async token(scopes = everything, { expiresAtMs, lentTo = null as string | null } = {}) {
      const expiresAt = expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString();
      const order = { name: 'test', memberId: id, scopes, lentTo, expiresAt };
      const { token, secret } = await issueToken(db, order, api.time.now);
      return { id: token.id, secret };
    },
  };
}

/** A worker that joined with this token and serves this team. */
export async function createWorker(api: ApiFixture, tokenId: string, lentTo: string | null): Promise<string> {
  const token = { id: tokenId, lentTo };
  return (await joinWorker(api.app.context.db, exampleWorker, token, api.time.now)).id;
}

/** One of each kind of thing that a team can own. */
export async function createObjects(api: ApiFixture, team: string) {
  const { db } = api.app.context;
  const createdAt = new Date(api.time.now).toISOString();
  const dataset = `ds_${ulid()}`;
  await insertDataset(
    db,
    { id: dataset, name: 'secret', state: 'empty', createdAt, manifest: null, error: null },
    team,
  );
  const model = `mdl_${ulid()}`;
  const empty = { inputs: {}, nodes: [], prediction: 'y' } as never;
  await insertModel(
    db,
    {
      id: model,
      name: 'secret',
      format: 'onnx',
      createdAt,
      parameters: 0,
      weightsHash: null,
      topology: empty,
    },
    { tokenId: 'tok_none', teamId: team },
  );
  const member = await createMember(api, team, 'member');
  const token = await member.token();
  const webhook = `whk_${ulid()}`;
  await insertWebhook(
    db,
    { id: webhook, team, job: null, url: 'https://x', events: [], createdAt },
    'secret',
  );
  return {
    webhook,
    job: (await api.storedJob(team)).id,
    dataset,
    model,
    team,
    member: member.id,
    token: token.id,
    session: (await startSession(api.app.context, { token: token.secret }, 'a browser')).created.session.id,
    invite: (await invite(db, team, {}, api.time.now)).invite.id,
    worker: await createWorker(api, (await member.token(['worker'], { lentTo: team })).id, team),
  };
}
