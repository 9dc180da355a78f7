import { randomBytes } from 'node:crypto';
import { decodeJson, jobKey } from '@descent/gradient-channel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { incarnation, jobId, type OpenDoor, openDoor, type Peer, plan, refusal } from './door.fixture.ts';

let open: OpenDoor;
let world: OpenDoor['world'];
let peer: Peer;
beforeEach(async () => {
  open = await openDoor();
  world = open.world;
  peer = await open.connect();
});
afterEach(async () => {
  peer.connection.destroy();
  await open.close();
});

test('a worker with a valid lease is welcomed and gets parameters, then work', async () => {
  peer.join();
  peer.ready();
  const welcome = decodeJson('WELCOME', (await peer.hear('WELCOME')).payload);
  expect(welcome).toEqual({ plan, elements: 16 });
  const { header, payload } = await peer.hear('PARAMETERS');
  expect(header.version).toBe(0);
  expect([...new Float32Array(payload.slice().buffer, 0, 3)]).toEqual([1, 2, 3]);
  expect((await peer.hear('ASSIGN')).header).toMatchObject({
    step: 0,
    microBatch: 0,
    count: 2,
    assignment: 1,
  });
});

test('a worker that has not said that it is ready gets no work', async () => {
  const fields = { type: 'JOIN', job: jobKey(jobId), incarnation } as const;
  const hello = { worker: 'w1', numericsClass: 'class-a', lease: open.leaseOf(), wantsPlan: true, holds: 1 };
  peer.connection.sendJson(fields, hello);
  await peer.hear('WELCOME');
  world.job.tick();
  expect(world.events.map(({ type }) => type)).toEqual(['worker-joined']);
  expect(world.join('other').held.node.count).toBe(2);
});

test('a gradient over the wire is received, counted and answered', async () => {
  peer.join();
  peer.ready();
  const { header } = await peer.hear('ASSIGN');
  const { type: _, payloadBytes: __, payloadCheck: ___, ...fields } = header;
  const sums = new Uint8Array(64);
  new Float64Array(sums.buffer).set([4, 1, 0]);
  const timings = new Uint8Array(64);
  new Float32Array(timings.buffer).set([0, 1, 2, 40, 3]);
  peer.send({ ...fields, type: 'GRADIENT' }, [sums, timings, new Uint8Array(new Float32Array(16).buffer)]);
  const about = { step: 0, microBatch: 0, count: 2, assignment: 1 };
  expect((await peer.hear('ACCEPTED')).header).toMatchObject(about);
  expect((await peer.hear('ASSIGN')).header).toMatchObject({ step: 1, microBatch: 0, assignment: 2 });
  expect(world.times.units[0]?.work).toEqual({ wait: 0, pull: 1, data: 2, compute: 40, sum: 3 });
});

test('a gradient of the wrong length is refused over the wire and the connection stays in step', async () => {
  peer.join();
  peer.ready();
  const { header } = await peer.hear('ASSIGN');
  const { type: _, payloadBytes: __, payloadCheck: ___, ...fields } = header;
  peer.send({ ...fields, type: 'GRADIENT' }, [new Uint8Array(68)]);
  expect((await refusal(peer)).code).toBe('FRAME_LENGTH');
  expect((await peer.hear('ASSIGN')).header).toMatchObject({ step: 0, microBatch: 0, assignment: 2 });
});

// The door knows no tokens, only leases (docs/protocol.md): what every kind of caller of the api is given of them, and that its token is
// none, is held by test/conformance/channel-callers.test.ts.
test.each([
  ['a lease of another team’s job', () => open.leaseOf({ jobId: 'job_01JANOTHERANOTHERANOTHERAN' })],
  ['a lease from before a take-over', () => open.leaseOf({ incarnation: incarnation - 1 })],
  ['a lease that has expired', () => open.leaseOf({ expiresAt: Date.now() - 1 })],
  ['a lease of a gradient job that is not open', () => open.leaseOf({ serial: 7 })],
  ['a lease under another key', () => open.leaseOf({}, randomBytes(32))],
  [
    'a lease with one letter changed',
    () => open.leaseOf({}).replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')),
  ],
])('who comes to the door with %s is refused, and gets no parameters', async (_holds, lease) => {
  peer.join({ lease: lease() });
  peer.ready();
  expect((await refusal(peer)).code).toBe('LEASE_INVALID');
  expect(world.events).toEqual([]);
});

test('a worker of another incarnation, job or numerics class is refused by name', async () => {
  peer.join({ incarnation: 3 });
  expect((await refusal(peer)).code).toBe('INCARNATION_STALE');
  peer.join({ job: 'job_01JANOTHERANOTHERANOTHERAN' });
  expect((await refusal(peer)).code).toBe('JOB_NOT_FOUND');
  peer.join({ numericsClass: 'class-b' });
  expect((await refusal(peer)).code).toBe('NUMERICS_CLASS_MISMATCH');
});

test('a peer that sends a gradient before it has joined is cut off', async () => {
  peer.send({ type: 'GRADIENT', job: jobKey(jobId), incarnation }, [new Uint8Array(64)]);
  await peer.closed;
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a worker whose heartbeats stop is cut off and its work given to another', async () => {
  peer.join();
  peer.ready();
  await peer.hear('ASSIGN');
  const heart = await open.connect();
  heart.connection.sendJson(
    { type: 'HEARTBEAT', job: jobKey(jobId), incarnation },
    { worker: 'w1', lease: open.leaseOf() },
  );
  await heart.hear('ACCEPTED');
  open.time.now = 1_999;
  open.door.sweep();
  expect(peer.connection.isOpen).toBe(true);
  open.time.now = 2_000;
  open.door.sweep();
  await peer.closed;
  expect(world.events.map(({ type }) => type)).toContain('worker-left');
  const other = world.join('other');
  expect(other.held.node.first).toBe(0);
  heart.connection.destroy();
});

test('a heartbeat of a worker that has no connection here is refused: it must not wait for work', async () => {
  const heart = await open.connect();
  const beat = () =>
    heart.connection.sendJson(
      { type: 'HEARTBEAT', job: jobKey(jobId), incarnation },
      { worker: 'w1', lease: open.leaseOf() },
    );
  beat();
  expect((await refusal(heart)).code).toBe('LEASE_INVALID');
  peer.join();
  await peer.hear('WELCOME');
  beat();
  await heart.hear('ACCEPTED');
  heart.connection.destroy();
});
