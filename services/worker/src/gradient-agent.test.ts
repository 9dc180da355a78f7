import type { GradientQueuePayload, TrainingPlan } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  type Assignment,
  type ChannelConnection,
  decodeJson,
  encodeAssignment,
  type FrameFields,
  jobKey,
} from '@descent/gradient-channel';
import { bytesOf } from '@descent/tensors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGradientAgent, type GradientAgent } from './gradient-agent.ts';
import type { Result, Work } from './prepared-job.ts';
import { type ScriptedServer, startScriptedServer } from './server.fixture.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const incarnation = 4;
const hash = '0'.repeat(64);
const statistics = { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5 };
const plan: TrainingPlan = {
  jobId,
  microBatches: 2,
  seed: 0,
  samples: { train: 4, validation: 0 },
  graphHash: hash,
  manifest: {
    hash,
    columns: [{ name: 'x', dtype: 'float32', shape: [], statistics }],
    splits: [{ name: 'train', count: 4, shards: [{ hash, count: 4, bytes: 16 }] }],
  },
  request: {
    model: { inputs: { x: { shape: [1] } }, layers: [], loss: { type: 'meanSquaredError', labels: 'y' } },
    data: { dataset: 'builtin:test' },
    training: { epochs: 3, batchSize: 4, optimizer: { type: 'sgd', learningRate: 1 } },
  },
  price: {
    parameters: 3,
    parameterBytes: 12,
    flopsPerStep: 1,
    workerMemoryBytes: 1,
    serverMemoryBytes: 1,
    wireBytesPerStep: 1,
    stepsPerEpoch: 1,
    steps: 3,
  },
};
const elements = 16;
/** Sums block and timings block. */
const sums = new Uint8Array(128);
new Float64Array(sums.buffer).set([2, 0.5, 1]);
const to = { job: jobKey(jobId), incarnation };

let server: ScriptedServer;
let agent: GradientAgent;
/** What the agent asked of the prepared jobs, in order. */
let prepared: { readonly plan: TrainingPlan; readonly parameters: Float32Array }[];
let computed: Work[];
let disposed: number;
/** What an assignment gives; by default a gradient that is ten times the parameters. */
let compute: (work: Work, parameters: Float32Array) => Promise<Result>;
let released: number;
let lookedAhead: () => void;
let prepare: () => Promise<void>;

beforeEach(async () => {
  server = await startScriptedServer();
  prepared = [];
  computed = [];
  disposed = 0;
  prepare = async () => {};
  released = 0;
  lookedAhead = () => {};
  compute = async ({ kind }, parameters) => ({
    payload: Buffer.concat([
      sums,
      ...(kind === 'train' ? [bytesOf(parameters.map((value) => 10 * value))] : []),
    ]),
    release() {
      released += 1;
    },
  });
  agent = createGradientAgent({
    worker: 'w1',
    device: {
      numericsClass: 'class-a',
      receive: (elements) => new Float32Array(elements),
      async prepare(given, parameters) {
        prepared.push({ plan: given, parameters });
        await prepare();
        return {
          compute(work) {
            computed.push(work);
            return compute(work, parameters);
          },
          lookAhead: () => lookedAhead(),
          dispose() {
            disposed += 1;
          },
        };
      },
    },
  });
});

afterEach(async () => {
  await server.close();
});

const gradientJob = (change: Partial<GradientQueuePayload> = {}): GradientQueuePayload => ({
  jobId,
  incarnation,
  serial: 0,
  address: server.address,
  lease: 'lease-0',
  ...change,
});

const hearJoin = async () => {
  const { header, payload, from } = await server.hear();
  return { header, from, body: decodeJson('JOIN', payload) };
};
const welcome = (connection: ChannelConnection, given: TrainingPlan | null, fields = to) =>
  connection.sendJson({ type: 'WELCOME', ...fields }, { plan: given, elements });
const sendParameters = (connection: ChannelConnection, version: number, value: number) =>
  connection.send({ type: 'PARAMETERS', ...to, version }, [bytesOf(new Float32Array(elements).fill(value))]);
const assign = (
  connection: ChannelConnection,
  fields: Partial<FrameFields>,
  change: Partial<Assignment> = {},
) =>
  connection.send({ count: 1, ...to, ...fields, type: 'ASSIGN' }, [
    encodeAssignment({ kind: 'train', epoch: 1, bounds: [4, 8], ...change }),
  ]);
/** What was sent has been read by then: both ends live on this event loop. */
const aFewTurns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const release = (connection: ChannelConnection) =>
  connection.sendJson({ type: 'RELEASE', ...to }, { reason: 'served' });

const hearReady = async () => expect((await server.hear()).header).toMatchObject({ type: 'READY', ...to });

/** Joins, gets the plan, prepares it, and gets parameters of version 7 that are all 3. */
async function join(job = gradientJob()) {
  const served = agent.serve(job);
  const { from } = await hearJoin();
  welcome(from, plan);
  await hearReady();
  sendParameters(from, 7, 3);
  return { served, server: from };
}

test('a JOIN says who joins, its numerics class and lease, and wants the plan', async () => {
  void agent.serve(gradientJob());
  const { header, body } = await hearJoin();
  expect(header).toMatchObject({ type: 'JOIN', job: jobKey(jobId), incarnation, assignment: 0 });
  expect(body).toEqual({
    worker: 'w1',
    numericsClass: 'class-a',
    lease: 'lease-0',
    wantsPlan: true,
    holds: 2,
  });
});

test('a gradient echoes its assignment and is computed from the parameters that came before', async () => {
  const { server: link } = await join();
  assign(link, { step: 7, microBatch: 1, version: 7, assignment: 1 });
  const { header, payload } = await server.hear();
  expect(header).toMatchObject({
    type: 'GRADIENT',
    ...to,
    step: 7,
    microBatch: 1,
    version: 7,
    assignment: 1,
    payloadBytes: 128 + 4 * elements,
    count: 1,
  });
  expect([...payload.subarray(0, 128)]).toEqual([...sums]);
  expect([...new Float32Array(payload.slice(128).buffer)]).toEqual(Array(elements).fill(30));
  expect(prepared).toEqual([{ plan, parameters: new Float32Array(elements).fill(3) }]);
  expect(computed).toMatchObject([{ kind: 'train', epoch: 1, bounds: [4, 8], step: 7, microBatch: 1 }]);
});

test('the next version lands in the same buffer', async () => {
  const { server: link } = await join();
  assign(link, { step: 7, assignment: 1 });
  await server.hear();
  link.send({ type: 'ACCEPTED', ...to, step: 7, assignment: 1 });
  sendParameters(link, 8, -1);
  assign(link, { step: 8, version: 8, assignment: 2 });
  const { header, payload } = await server.hear();
  expect(header).toMatchObject({ type: 'GRADIENT', step: 8, version: 8, assignment: 2 });
  expect([...new Float32Array(payload.slice(128).buffer)]).toEqual(Array(elements).fill(-10));
  expect(prepared.length).toBe(1);
});

test('an evaluation is answered with scores only', async () => {
  const { server: link } = await join();
  assign(link, { step: 9, microBatch: 3, version: 9, assignment: 5 }, { kind: 'evaluate' });
  const { header, payload } = await server.hear();
  expect(header).toMatchObject({ type: 'SCORES', ...to, step: 9, microBatch: 3, version: 9, assignment: 5 });
  expect([...payload]).toEqual([...sums]);
});

test('a RELEASE ends the gradient job without a problem; the next one keeps connection and plan', async () => {
  const { served, server: link } = await join();
  release(link);
  expect(await served).toBeUndefined();
  const again = agent.serve(gradientJob({ serial: 1, lease: 'lease-1' }));
  const { from, body } = await hearJoin();
  expect(from).toBe(link);
  expect(body).toEqual({
    worker: 'w1',
    numericsClass: 'class-a',
    lease: 'lease-1',
    wantsPlan: false,
    holds: 2,
  });
  welcome(link, null);
  assign(link, { step: 7, version: 7, assignment: 1 });
  const { header, payload } = await server.hear();
  expect(header).toMatchObject({ type: 'GRADIENT', step: 7 });
  expect([...new Float32Array(payload.slice(128).buffer)]).toEqual(Array(elements).fill(30));
  release(link);
  expect(await again).toBeUndefined();
  expect(prepared.length).toBe(1);
});

test('a refused JOIN ends the gradient job with the message, and the connection stays', async () => {
  const served = agent.serve(gradientJob());
  const { header, from } = await hearJoin();
  from.refuse(header, new DescentError('INCARNATION_STALE', { jobId, current: 5, given: 4 }));
  expect(await served).toContain('5');
  void agent.serve(gradientJob({ serial: 1 }));
  expect((await hearJoin()).from).toBe(from);
});

test('a refused gradient is no reason to go', async () => {
  const { served, server: link } = await join();
  assign(link, { step: 7, assignment: 1 });
  const { header } = await server.hear();
  link.refuse(header, new DescentError('GRADIENT_LATE', { step: 7, current: 8 }));
  assign(link, { step: 8, assignment: 2 });
  expect((await server.hear()).header).toMatchObject({ type: 'GRADIENT', step: 8 });
  release(link);
  expect(await served).toBeUndefined();
});

test('a connection that the server closes ends the gradient job with a problem', async () => {
  const { served, server: link } = await join();
  link.close();
  expect(await served).toBe('the parameter server closed the connection');
});

test('parameters of another length end the gradient job and the connection', async () => {
  const { served, server: link } = await join();
  link.send({ type: 'PARAMETERS', ...to }, [new Uint8Array(4 * elements + 4)]);
  expect(await served).toBe('A PARAMETERS frame of 68 bytes came where 64 bytes belong');
  await server.hearClosed();
});

test('parameters before the plan end the gradient job', async () => {
  const served = agent.serve(gradientJob());
  const { from } = await hearJoin();
  sendParameters(from, 7, 3);
  expect(await served).toContain('PARAMETERS was not expected here');
});

test('a failing computation is reported as FAILED with its code, and ends the gradient job', async () => {
  compute = async () => {
    throw new DescentError('UNAVAILABLE', { part: 'Shard 12' });
  };
  const { served, server: link } = await join();
  assign(link, { step: 7, microBatch: 1, version: 7, assignment: 3 });
  const { header, payload } = await server.hear();
  expect(header).toMatchObject({ type: 'FAILED', ...to, step: 7, microBatch: 1, version: 7, assignment: 3 });
  expect(decodeJson('FAILED', payload)).toMatchObject({
    code: 'UNAVAILABLE',
    message: 'Shard 12 cannot be reached',
  });
  expect(await served).toBe('Shard 12 cannot be reached');
  expect(await server.hearClosed()).toBeNull();
});

test('a fault of our own is reported as INTERNAL, without what it says', async () => {
  compute = async () => {
    throw new TypeError('x is not a function');
  };
  const { served, server: link } = await join();
  assign(link, { assignment: 1 });
  expect(decodeJson('FAILED', (await server.hear()).payload).code).toBe('INTERNAL');
  expect(await served).toBe('x is not a function');
});

test('a job that could not be prepared is given up at once, and prepared anew the next time', async () => {
  prepare = async () => {
    throw new DescentError('GRAPH_MISMATCH', { actual: 'a', expected: 'b' });
  };
  const served = agent.serve(gradientJob());
  welcome((await hearJoin()).from, plan);
  const { header, payload } = await server.hear();
  expect(header).toMatchObject({ type: 'FAILED', ...to, assignment: 0 });
  expect(decodeJson('FAILED', payload).code).toBe('GRAPH_MISMATCH');
  expect(await served).toContain('graph a');
  prepare = async () => {};
  void agent.serve(gradientJob({ serial: 1 }));
  const { from, body } = await hearJoin();
  expect(body.wantsPlan).toBe(true);
  welcome(from, plan);
  await hearReady();
  sendParameters(from, 7, 3);
  assign(from, { step: 7, assignment: 1 });
  expect((await server.hear()).header).toMatchObject({ type: 'GRADIENT', step: 7 });
  expect(prepared.length).toBe(2);
});

test('a second assignment waits for the first, and is answered after it', async () => {
  const { server: link } = await join();
  assign(link, { step: 7, assignment: 1 });
  assign(link, { step: 7, microBatch: 1, count: 2, assignment: 2 }, { bounds: [8, 12, 16] });
  expect((await server.hear()).header).toMatchObject({ assignment: 1, count: 1 });
  expect((await server.hear()).header).toMatchObject({ assignment: 2, microBatch: 1, count: 2 });
  expect(computed.map(({ bounds }) => bounds)).toEqual([
    [4, 8],
    [8, 12, 16],
  ]);
});

/** Computations that the test ends one by one. */
function byHand() {
  const started: { work: Work; finish: () => void }[] = [];
  let wake = () => {};
  compute = (work) =>
    new Promise((resolve) => {
      started.push({
        work,
        finish: () => resolve({ payload: Buffer.concat([sums, new Uint8Array(4 * elements)]), release() {} }),
      });
      wake();
    });
  return async (index: number) => {
    while (started.length <= index)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return started[index]!;
  };
}

test('a recalled assignment is not computed and not answered', async () => {
  const start = byHand();
  const { server: link } = await join();
  for (const assignment of [1, 2, 3]) assign(link, { step: 7, assignment });
  const first = await start(0);
  link.send({ type: 'RECALL', ...to, assignment: 2 });
  await aFewTurns();
  first.finish();
  expect((await server.hear()).header).toMatchObject({ assignment: 1 });
  const next = await start(1);
  next.finish();
  expect((await server.hear()).header).toMatchObject({ assignment: 3 });
});

test('a result that is recalled while it is computed is not sent', async () => {
  const start = byHand();
  const { server: link } = await join();
  assign(link, { step: 7, assignment: 1 });
  assign(link, { step: 7, assignment: 2 });
  const first = await start(0);
  link.send({ type: 'RECALL', ...to, assignment: 1 });
  await aFewTurns();
  first.finish();
  (await start(1)).finish();
  expect((await server.hear()).header).toMatchObject({ assignment: 2 });
});

test('the buffer of a result is given back when it is sent, and then the next samples are gathered', async () => {
  const looked = new Promise<void>((resolve) => {
    lookedAhead = resolve;
  });
  const { server: link } = await join();
  assign(link, { step: 7, assignment: 1 });
  await server.hear();
  await looked;
  expect(released).toBe(1);
});

test('the end of a failed connection leaves the one that followed it alone', async () => {
  const succeed = compute;
  compute = async () => {
    throw new DescentError('UNAVAILABLE', { part: 'Shard 12' });
  };
  const { served, server: failed } = await join();
  assign(failed, { assignment: 1 });
  await server.hear();
  await served;
  const again = agent.serve(gradientJob({ serial: 1 }));
  const { from } = await hearJoin();
  await server.hearClosed();
  compute = succeed;
  welcome(from, plan);
  await hearReady();
  sendParameters(from, 7, 3);
  assign(from, { step: 7, assignment: 1 });
  expect((await server.hear()).header).toMatchObject({ type: 'GRADIENT', step: 7 });
  release(from);
  expect(await again).toBeUndefined();
});

test('an address that nobody listens on ends the gradient job with a problem', async () => {
  expect(await agent.serve(gradientJob({ address: 'unix:/nowhere/at/all' }))).toContain('/nowhere/at/all');
  const { served, server: link } = await join();
  release(link);
  expect(await served).toBeUndefined();
});

test('leaving sends LEAVE, and the result that was being computed is not sent any more', async () => {
  let finish = (_: Result) => {};
  const started = new Promise<void>((begin) => {
    compute = () =>
      new Promise((resolve) => {
        finish = resolve;
        begin();
      });
  });
  const { served, server: link } = await join();
  assign(link, { step: 7, assignment: 1 });
  await started;
  agent.leave('the worker is shutting down');
  expect(await served).toBe('the worker is shutting down');
  finish({ payload: new Uint8Array(128 + 4 * elements), release() {} });
  const { header, payload } = await server.hear();
  expect(header.type).toBe('LEAVE');
  expect(decodeJson('LEAVE', payload)).toEqual({ reason: 'the worker is shutting down' });
  expect(await server.hearClosed()).toBeNull();
  expect(server.unasked).toEqual([]);
});

test('an agent that has left takes no further gradient job', async () => {
  agent.leave('the worker is shutting down');
  expect(await agent.serve(gradientJob())).toBe('the worker is shutting down');
  expect(server.connections.size).toBe(0);
});

test('an agent that leaves while it connects does not join', async () => {
  const served = agent.serve(gradientJob());
  agent.leave('the worker is shutting down');
  expect(await served).toBe('the worker is shutting down');
  expect(server.unasked).toEqual([]);
});

test('four training jobs are kept; a fifth gives the one used longest ago back', async () => {
  const idOf = (number: number) => `job_01JTESTTESTTESTTESTTESTTE${number}`;
  const serveOnce = async (number: number) => {
    const served = agent.serve(gradientJob({ jobId: idOf(number) }));
    const { from, body } = await hearJoin();
    const fields = { job: jobKey(idOf(number)), incarnation };
    welcome(from, body.wantsPlan ? { ...plan, jobId: idOf(number) } : null, fields);
    if (body.wantsPlan) expect((await server.hear()).header.type).toBe('READY');
    from.sendJson({ type: 'RELEASE', ...fields }, { reason: 'served' });
    expect(await served).toBeUndefined();
    return body.wantsPlan;
  };
  for (const number of [0, 1, 2, 3]) expect(await serveOnce(number)).toBe(true);
  expect(await serveOnce(0)).toBe(false);
  expect(disposed).toBe(0);
  expect(await serveOnce(4)).toBe(true);
  await server.hearClosed();
  expect([disposed, server.connections.size]).toEqual([1, 4]);
  expect(await serveOnce(0)).toBe(false);
  expect(await serveOnce(1)).toBe(true);
});
