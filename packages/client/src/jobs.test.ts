import type { JobEvent } from '@descent/contracts';
import { expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import { startTestServer } from './testing-server.ts';

const jobId = 'job_01JD0000000000000000000000';

test('waitUntilEnded follows the events and returns the ended job', async () => {
  let state = 'running';
  await using server = await startTestServer((request, response) => {
    if (request.url === `/v1/jobs/${jobId}`) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: jobId, state }));
      return;
    }
    const event: JobEvent = { sequence: 1, time: '', type: 'state', message: 'succeeded', data: {} };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`id: 1\ndata: ${JSON.stringify(event)}\n\n`);
    state = 'succeeded';
    response.end('event: end\ndata: {}\n\n');
  });
  const job = await createClient({ url: server.url }).jobs.waitUntilEnded(jobId);
  expect(job.state).toBe('succeeded');
  expect(server.requests.map((request) => request.url)).toEqual([
    `/v1/jobs/${jobId}`,
    `/v1/jobs/${jobId}/events`,
    `/v1/jobs/${jobId}`,
  ]);
});

test('waitUntilEnded waits through an api that is away when the job is read, for as many attempts as it is given', async () => {
  const away = (attempts: number) =>
    startTestServer((request, response, count) => {
      const isRead = request.url === `/v1/jobs/${jobId}`;
      if (isRead && count <= attempts) response.destroy();
      else response.setHeader('content-type', 'application/json').end('{"state":"succeeded"}');
    });
  const backOff = { firstMs: 1, longestMs: 1, attempts: 3 };
  await using back = await away(3);
  const job = await createClient({ url: back.url }).jobs.waitUntilEnded(jobId, { backOff });
  expect(job.state).toBe('succeeded');
  expect(back.requests).toHaveLength(4);
  await using gone = await away(4);
  const waiting = createClient({ url: gone.url }).jobs.waitUntilEnded(jobId, { backOff });
  await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(gone.requests).toHaveLength(4);
});

test('waitUntilEnded throws a refusal that waiting cannot cure at once', async () => {
  await using server = await startTestServer((_request, response) => {
    const body = { statusCode: 404, code: 'JOB_NOT_FOUND', error: 'Not Found', message: 'no', details: {} };
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const waiting = createClient({ url: server.url }).jobs.waitUntilEnded(jobId);
  await expect(waiting).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  expect(server.requests).toHaveLength(1);
});

test('a refused call throws the error of the body, with code, message and details', async () => {
  await using server = await startTestServer((_request, response) => {
    const details = { jobId, state: 'succeeded', action: 'pause' };
    const message = `Job ${jobId} is succeeded; it cannot pause`;
    response.writeHead(409, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ statusCode: 409, code: 'JOB_STATE_CONFLICT', error: 'Conflict', message, details }),
    );
  });
  await expect(createClient({ url: server.url }).jobs.pause(jobId)).rejects.toMatchObject({
    name: 'DescentError',
    code: 'JOB_STATE_CONFLICT',
    message: `Job ${jobId} is succeeded; it cannot pause`,
    details: { state: 'succeeded' },
  });
});

test("an answer that is not of the service, such as a proxy's page, is UNAVAILABLE", async () => {
  await using server = await startTestServer((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
  });
  await expect(createClient({ url: server.url }).jobs.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('a service that cannot be reached is UNAVAILABLE, with the cause kept', async () => {
  const server = await startTestServer(() => {});
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const failure = await createClient({ url })
    .jobs.get(jobId)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'UNAVAILABLE',
    message: `The Descent service at ${url} cannot be reached`,
  });
  expect((failure as Error).cause).toBeInstanceOf(Error);
});

test('a success whose body breaks off is UNAVAILABLE', async () => {
  await using server = await startTestServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"id":', () => response.destroy());
  });
  await expect(createClient({ url: server.url }).jobs.get(jobId)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
});

test('an abort rejects as an abort, not as UNAVAILABLE', async () => {
  await using server = await startTestServer(() => {});
  const controller = new AbortController();
  const call = createClient({ url: server.url }).jobs.get(jobId, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});

test('weights come as a stream with their length and proposed name', async () => {
  const weights = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
  await using server = await startTestServer((_request, response) => {
    response.setHeader('content-length', weights.length);
    response.setHeader('content-disposition', 'attachment; filename="mnist.safetensors"');
    response.end(weights);
  });
  const download = await createClient({ url: server.url }).jobs.downloadWeights(jobId);
  expect(download).toMatchObject({ bytes: 5000, fileName: 'mnist.safetensors' });
  expect(new Uint8Array(await new Response(download.stream).arrayBuffer())).toEqual(weights);
});

test('an export is asked for by format and checkpoint', async () => {
  await using server = await startTestServer((_request, response) => {
    response.setHeader('content-disposition', 'attachment; filename="model.onnx"').end('bytes');
  });
  const { jobs } = createClient({ url: server.url });
  const download = await jobs.exportModel(jobId, 'onnx', { checkpoint: 'ck_7' });
  expect(download.fileName).toBe('model.onnx');
  expect(await new Response(download.stream).text()).toBe('bytes');
  expect(server.requests[0]?.url).toBe(`/v1/jobs/${jobId}/exports/onnx?checkpoint=ck_7`);
});
