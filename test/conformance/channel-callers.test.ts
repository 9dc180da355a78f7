import { decodeJson } from '@descent/gradient-channel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, exampleWorker, openApi } from '../../services/api/src/testing/api-fixture.ts';
import {
  createNobodies,
  createSomebodies,
  type Nobody,
  nobodies,
  type Somebody,
  somebodies,
} from '../../services/api/src/testing/callers.ts';
import { createMember, createTeam } from '../../services/api/src/testing/teams.ts';
import { incarnation, type OpenDoor, openDoor } from '../../services/parameter-server/src/door.fixture.ts';

/**
 * The gradient channel as a row of the matrix of routes and callers (services/api/src/routes/policies.test.ts): every kind of
 * caller asks the api for work of a worker, while a gradient job of its team waits, and then comes to the door of the parameter
 * server with the lease that it was given, or with its own secret for want of one.
 */
type Answer = {
  readonly api: readonly [number, string] | 'a lease';
  readonly door: 'WELCOME' | 'LEASE_INVALID';
};
const unknown: Answer = { api: [401, 'UNAUTHENTICATED'], door: 'LEASE_INVALID' };
const noWorker: Answer = { api: [403, 'SCOPE_MISSING'], door: 'LEASE_INVALID' };
const declared: Record<Nobody | Somebody, Answer> = {
  'without a token': unknown,
  'with an unknown token': unknown,
  'with an expired token': unknown,
  'with a revoked token': unknown,
  'with a token of a removed member': unknown,
  'a member': noWorker,
  'an owner': noWorker,
  staff: noWorker,
  'a worker of another team': { api: [404, 'WORKER_NOT_FOUND'], door: 'LEASE_INVALID' },
  'one of our own processes': unknown,
  'a worker of the team': { api: 'a lease', door: 'WELCOME' },
};

let api: ApiFixture;
let open: OpenDoor;
let secrets: Record<Nobody | Somebody, string | undefined>;
let team: string;
let worker: string;

beforeAll(async () => {
  open = await openDoor();
  api = await openApi();
  team = await createTeam(api, 'ours');
  const theirs = await createTeam(api, 'theirs');
  await createMember(api, theirs, 'owner');
  secrets = { ...(await createNobodies(api, team)), ...(await createSomebodies(api, [team, theirs])) };
  const joined = await ask('/v1/workers', secrets['a worker of the team'], exampleWorker);
  worker = joined.json<{ id: string }>().id;
});
afterAll(async () => {
  await api?.close();
  await open?.close();
});

function ask(url: string, secret: string | undefined, payload: object = {}) {
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  return api.app.server.inject({ method: 'POST', url, payload, headers });
}

/** What the door says to who comes with this. */
async function comeWith(lease: string): Promise<string> {
  const peer = await open.connect();
  peer.join({ lease });
  peer.ready();
  const { header, payload } = await peer.hear('WELCOME', 'REFUSED');
  peer.connection.destroy();
  return header.type === 'WELCOME' ? header.type : decodeJson('REFUSED', payload).code;
}

test.each([...nobodies, ...somebodies])('%s: as declared at the api and at the door', async (caller) => {
  const secret = secrets[caller];
  const asked = ask(`/v1/workers/${worker}/work`, secret);
  if (declared[caller].api === 'a lease') {
    const { id } = await api.storedJob(team);
    const lease = open.leaseOf();
    void api.queue.give({ jobId: id, incarnation, serial: 0, address: 'unix:/s', lease }, team);
  }
  const answer = await asked;
  const { code, job } = answer.json<{ code?: string; job?: { lease: string } }>();
  const given = job?.lease;
  expect({
    api: given === undefined ? [answer.statusCode, code] : 'a lease',
    door: await comeWith(given ?? secret ?? 'none'),
  }).toEqual(declared[caller]);
});

test('of all of them one has joined', () => {
  expect(open.world.events.map(({ type }) => type).filter((type) => type === 'worker-joined')).toHaveLength(
    1,
  );
});
