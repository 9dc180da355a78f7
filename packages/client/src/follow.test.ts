import type { ServerResponse } from 'node:http';
import type { MetricPoint } from '@descent/contracts';
import { expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import { startTestServer } from './testing-server.ts';

const jobId = 'job_01JD0000000000000000000000';
const quick = { firstMs: 1, longestMs: 5 };

function point(sequence: number): MetricPoint {
  return {
    sequence,
    step: sequence * 10,
    epoch: sequence / 100,
    split: 'train',
    values: { loss: 1 / sequence },
    time: '2026-01-01T00:00:00.000Z',
  };
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': hello\n\n');
}

function send(response: ServerResponse, sequence: number): void {
  response.write(`id: ${sequence}\nevent: metric\ndata: ${JSON.stringify(point(sequence))}\n\n`);
}

function closing(): { closed: Promise<void>; close: () => void } {
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return { closed, close };
}

async function sequencesOf(points: AsyncIterable<{ readonly sequence: number }>): Promise<number[]> {
  const sequences = [];
  for await (const { sequence } of points) sequences.push(sequence);
  return sequences;
}

test('connections that break mid-event cost nothing: every point comes once, in order', async () => {
  const total = 60;
  await using server = await startTestServer((request, response, count) => {
    begin(response);
    const last = Number(request.headers['last-event-id'] ?? 0);
    const until = Math.min(last + (count % 7) + 1, total);
    for (let sequence = last + 1; sequence <= until; sequence++) send(response, sequence);
    if (until === total) {
      response.end('event: end\ndata: {}\n\n');
      return;
    }
    // Half an event, then the line is cut.
    const half = `id: ${until + 1}\nevent: metric\ndata: ${JSON.stringify(point(until + 1)).slice(0, 30)}`;
    response.write(half, () => setImmediate(() => response.destroy()));
  });
  const client = createClient({ url: server.url, token: 'dsc_test' });
  const seen = await sequencesOf(client.jobs.metrics(jobId, { backOff: { ...quick, attempts: 50 } }));
  expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
  expect(server.requests.length).toBeGreaterThan(5);
  expect(server.requests.every((request) => request.headers.authorization === 'Bearer dsc_test')).toBe(true);
});

test('a server that repeats points after a reconnection doubles nothing', async () => {
  await using server = await startTestServer((_request, response, count) => {
    begin(response);
    for (let sequence = 1; sequence <= count * 3; sequence++) send(response, sequence);
    response.end(count === 3 ? 'event: end\ndata: {}\n\n' : '');
  });
  const client = createClient({ url: server.url });
  expect(await sequencesOf(client.jobs.metrics(jobId, { backOff: quick }))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
});

test('`after` starts behind points already seen', async () => {
  await using server = await startTestServer((_request, response) => {
    begin(response);
    send(response, 42);
    response.end('event: end\ndata: {}\n\n');
  });
  const client = createClient({ url: server.url });
  expect(await sequencesOf(client.jobs.metrics(jobId, { after: 41 }))).toEqual([42]);
  expect(server.requests[0]?.headers['last-event-id']).toBe('41');
  expect(server.requests[0]?.headers.accept).toBe('text/event-stream');
});

test('a refusal that repeating cannot cure is thrown at once, with its code', async () => {
  await using server = await startTestServer((_request, response) => {
    const body = {
      statusCode: 404,
      code: 'JOB_NOT_FOUND',
      error: 'Not Found',
      message: 'There is no job x',
      details: { jobId: 'x' },
    };
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const client = createClient({ url: server.url });
  await expect(sequencesOf(client.jobs.events('x', { backOff: quick }))).rejects.toMatchObject({
    code: 'JOB_NOT_FOUND',
    message: 'There is no job x',
    details: { jobId: 'x' },
  });
  expect(server.requests).toHaveLength(1);
});

test('a service that is starting (503) is asked again', async () => {
  await using server = await startTestServer((_request, response, count) => {
    if (count < 4) {
      response.writeHead(503).end('starting');
      return;
    }
    begin(response);
    send(response, 1);
    response.end('event: end\ndata: {}\n\n');
  });
  const client = createClient({ url: server.url });
  expect(await sequencesOf(client.jobs.metrics(jobId, { backOff: quick }))).toEqual([1]);
});

test('connections in a row that bring nothing end as UNAVAILABLE after the bounded number of attempts', async () => {
  await using server = await startTestServer((_request, response) => {
    begin(response);
    response.end();
  });
  const client = createClient({ url: server.url });
  const backOff = { firstMs: 1, longestMs: 1000, attempts: 4 };
  await expect(sequencesOf(client.jobs.metrics(jobId, { backOff }))).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  expect(server.requests).toHaveLength(5);
});

test('a connection that falls silent is given up and made anew', async () => {
  await using server = await startTestServer((_request, response, count) => {
    begin(response);
    if (count === 1) return send(response, 1);
    send(response, 2);
    response.end('event: end\ndata: {}\n\n');
  });
  const client = createClient({ url: server.url });
  const connections: boolean[] = [];
  const options = { backOff: quick, idleTimeoutMs: 30, onConnection: (up: boolean) => connections.push(up) };
  expect(await sequencesOf(client.jobs.metrics(jobId, options))).toEqual([1, 2]);
  expect(connections).toEqual([true, false, true]);
});

test('an abort ends the iteration with its reason and closes the connection', async () => {
  const { closed, close } = closing();
  await using server = await startTestServer((request, response) => {
    request.on('close', close);
    begin(response);
    send(response, 1);
  });
  const client = createClient({ url: server.url });
  const controller = new AbortController();
  const points = client.jobs.metrics(jobId, { signal: controller.signal, backOff: quick });
  expect((await points.next()).value?.sequence).toBe(1);
  controller.abort(new Error('page left'));
  await expect(points.next()).rejects.toThrow('page left');
  await closed;
  expect(server.requests).toHaveLength(1);
});

test('leaving the loop closes the connection', async () => {
  const { closed, close } = closing();
  await using server = await startTestServer((request, response) => {
    request.on('close', close);
    begin(response);
    send(response, 1);
  });
  const client = createClient({ url: server.url });
  for await (const { sequence } of client.jobs.metrics(jobId)) {
    expect(sequence).toBe(1);
    break;
  }
  await closed;
});
