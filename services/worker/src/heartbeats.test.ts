import type { GradientQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { decodeJson, jobKey } from '@descent/gradient-channel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHeartbeats, type Heartbeats } from './heartbeats.ts';
import { type ScriptedServer, startScriptedServer } from './server.fixture.ts';

let server: ScriptedServer;
let heartbeats: Heartbeats;
let now: number;
let silences: string[];
let onLook: () => void;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = await startScriptedServer();
  now = 0;
  silences = [];
  onLook = () => {};
  heartbeats = createHeartbeats('w1', {
    clock() {
      onLook();
      return now;
    },
    onSilence: (reason) => silences.push(reason),
  });
});

afterEach(async () => {
  heartbeats.stop();
  await server.close();
  vi.useRealTimers();
});

const jobAt = (address: string, change: Partial<GradientQueuePayload> = {}): GradientQueuePayload => ({
  jobId: 'job_01JTESTTESTTESTTESTTESTTES',
  incarnation: 4,
  serial: 0,
  address,
  lease: 'lease-0',
  ...change,
});
const hearBeat = async (at = server) => {
  const { header, payload, from } = await at.hear();
  return { header, from, body: decodeJson('HEARTBEAT', payload) };
};

test('the first beat leaves at once and says who lives, for which job and by which lease', async () => {
  const job = jobAt(server.address);
  heartbeats.start(job);
  const { header, body } = await hearBeat();
  expect(header).toMatchObject({ type: 'HEARTBEAT', job: jobKey(job.jobId), incarnation: 4 });
  expect(body).toEqual({ worker: 'w1', lease: 'lease-0' });
});

test('a beat follows every half second, on the same connection', async () => {
  heartbeats.start(jobAt(server.address));
  const { from } = await hearBeat();
  for (let beat = 0; beat < 3; beat++) {
    vi.advanceTimersByTime(499);
    expect(server.unasked).toEqual([]);
    vi.advanceTimersByTime(1);
    expect((await hearBeat()).from).toBe(from);
  }
  expect(server.connections.size).toBe(1);
});

test('the next gradient job of the same server beats by its own lease and no longer by the old one', async () => {
  heartbeats.start(jobAt(server.address));
  const { from } = await hearBeat();
  heartbeats.start(jobAt(server.address, { serial: 1, lease: 'lease-1' }));
  expect(await hearBeat()).toMatchObject({ from, body: { lease: 'lease-1' } });
  vi.advanceTimersByTime(500);
  expect((await hearBeat()).body.lease).toBe('lease-1');
  vi.advanceTimersByTime(500);
  expect((await hearBeat()).body.lease).toBe('lease-1');
});

test('another server gets the beats and the connection to the former is closed', async () => {
  const other = await startScriptedServer();
  heartbeats.start(jobAt(server.address));
  await hearBeat();
  heartbeats.start(jobAt(other.address));
  expect((await hearBeat(other)).body.worker).toBe('w1');
  expect(await server.hearClosed()).toBeNull();
  heartbeats.stop();
  await other.close();
});

test('stopping closes the connection, and no beat follows', async () => {
  heartbeats.start(jobAt(server.address));
  await hearBeat();
  heartbeats.stop();
  expect(await server.hearClosed()).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
  expect(server.connections.size).toBe(0);
});

test('a lost connection is made anew by the next beat', async () => {
  heartbeats.start(jobAt(server.address));
  const { from } = await hearBeat();
  from.close();
  await server.hearClosed();
  vi.advanceTimersByTime(500);
  const next = await hearBeat();
  expect(next.body.lease).toBe('lease-0');
  expect(next.from).not.toBe(from);
});

test('a server that nobody reaches is no failure: the beats go on to the next one', async () => {
  heartbeats.start(jobAt('unix:/nowhere/at/all'));
  vi.advanceTimersByTime(500);
  heartbeats.start(jobAt(server.address));
  expect((await hearBeat()).body.worker).toBe('w1');
});

/** Answers the latest beat. An acceptance is waited for: it makes the heartbeats look at the clock. */
async function answer(type: 'ACCEPTED' | 'REFUSED') {
  const { header, from } = await hearBeat();
  if (type === 'REFUSED') {
    from.refuse(header, new DescentError('LEASE_INVALID', { problem: 'not joined' }));
    return;
  }
  const looked = new Promise<void>((resolve) => {
    onLook = resolve;
  });
  from.send({ type, job: header.job, incarnation: header.incarnation });
  await looked;
}

test('a server that answers is not lost; one that refuses for 4 s, or says nothing, is', async () => {
  heartbeats.start(jobAt(server.address));
  await answer('ACCEPTED');
  for (const type of ['ACCEPTED', 'ACCEPTED', 'REFUSED', 'REFUSED'] as const) {
    now += 2_000;
    vi.advanceTimersByTime(500);
    await answer(type);
    expect(silences).toEqual([]);
  }
  now += 1;
  vi.advanceTimersByTime(500);
  expect(silences).toEqual(['the parameter server has not answered for 4000 ms']);
  expect(await server.hearClosed()).toBeNull();
  vi.advanceTimersByTime(500);
  expect((await hearBeat()).body.worker).toBe('w1');
});
