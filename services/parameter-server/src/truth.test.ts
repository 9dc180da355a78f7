import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Report } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTruth, type Truth } from './truth.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const serviceToken = 'token-of-the-service';
const report: Report = {
  incarnation: 4,
  serial: 7,
  progress: { step: 1, steps: 2, epoch: 0.5, epochs: 1, samplesPerSecond: 3, etaSeconds: null, workers: 1 },
  numericsClass: null,
  points: [],
  events: [],
  outcome: { state: 'cancelled' },
};

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

let asked: Asked[];
let answer: (response: ServerResponse) => void;
let truth: Truth;
let apiUrl: string;
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
  answer(response);
});

const json = (value: unknown, status = 200) => {
  answer = (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

beforeEach(async () => {
  asked = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  truth = createTruth({ apiUrl, serviceToken, server: 'server-1' });
});

const close = () =>
  new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
afterEach(close);

test('a claim names this server, shows the service token and returns the answer', async () => {
  json({ incarnation: 4 });
  expect(await truth.claim(jobId)).toEqual({ incarnation: 4 });
  expect(asked[0]?.line).toBe(`POST /internal/jobs/${jobId}/claim`);
  expect(asked[0]?.headers).toMatchObject({
    authorization: `Bearer ${serviceToken}`,
    'content-type': 'application/json',
  });
  expect(JSON.parse(String(asked[0]?.body))).toEqual({ server: 'server-1' });
});

test('a report is sent as it is and brings what the users want', async () => {
  json({ wanted: 'pause' });
  expect(await truth.report(jobId, report)).toEqual({ wanted: 'pause' });
  expect(asked[0]?.line).toBe(`POST /internal/jobs/${jobId}/reports`);
  expect(JSON.parse(String(asked[0]?.body))).toEqual(report);
});

test('files are sent byte by byte under the incarnation that owns the job', async () => {
  const file = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  json({ hash: 'h' });
  expect(await truth.putCheckpoint(jobId, 4, 20, file)).toEqual({ hash: 'h' });
  expect(await truth.putWeights(jobId, 4, file)).toEqual({ hash: 'h' });
  expect(asked.map(({ line }) => line)).toEqual([
    `PUT /internal/jobs/${jobId}/checkpoints/20`,
    `PUT /internal/jobs/${jobId}/weights`,
  ]);
  for (const { headers, body } of asked) {
    expect(headers).toMatchObject({
      authorization: `Bearer ${serviceToken}`,
      'content-type': 'application/octet-stream',
      'x-descent-incarnation': '4',
    });
    expect(body.equals(file)).toBe(true);
  }
});

test('a checkpoint is read byte by byte', async () => {
  answer = (response) => void response.end(Buffer.from([0, 255, 10, 13]));
  expect(await truth.getCheckpoint(jobId, 20)).toEqual(Uint8Array.of(0, 255, 10, 13));
  expect(asked[0]?.line).toBe(`GET /internal/jobs/${jobId}/checkpoints/20`);
  expect(asked[0]?.headers.authorization).toBe(`Bearer ${serviceToken}`);
});

test('an error that the api names is that error here', async () => {
  const error = new DescentError('INCARNATION_STALE', { jobId, current: 5, given: 4 });
  json(error.toBody(), 409);
  await expect(truth.report(jobId, report)).rejects.toMatchObject({
    name: 'DescentError',
    code: 'INCARNATION_STALE',
    message: error.message,
    details: { jobId, current: 5, given: 4 },
  });
});

test('a file that the api found damaged is no outage', async () => {
  json(new DescentError('ARTIFACT_DAMAGED', { hash: 'a', actual: 'b' }).toBody(), 500);
  await expect(truth.getCheckpoint(jobId, 20)).rejects.toMatchObject({
    code: 'ARTIFACT_DAMAGED',
    details: { hash: 'a', actual: 'b' },
  });
});

test.each([
  ['our own 500', 500, JSON.stringify(new DescentError('INTERNAL', { requestId: 'r' }).toBody())],
  ['our own 503', 503, JSON.stringify(new DescentError('STORAGE_FULL', {}).toBody())],
  ['the page of a proxy', 502, '<html>Bad Gateway</html>'],
  ['a 404 that is not ours', 404, '{"message":"Not Found"}'],
  ['an empty 403', 403, ''],
])('%s is UNAVAILABLE, so that the call is made again', async (_, status, body) => {
  answer = (response) => void response.writeHead(status).end(body);
  await expect(truth.claim(jobId)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { status } });
});

test('an api that does not listen is UNAVAILABLE, with the cause kept', async () => {
  await close();
  const error = await truth.claim(jobId).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', cause: { name: 'TypeError' } });
});

test('an api that does not answer in time is UNAVAILABLE', async () => {
  answer = () => {};
  const impatient = createTruth({ apiUrl, serviceToken, server: 'server-1', timeoutMs: 1 });
  await expect(impatient.claim(jobId)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    cause: { name: 'TimeoutError' },
  });
});

test.each<[what: string, call: () => Promise<unknown>]>([
  ['checkpoint', () => truth.getCheckpoint(jobId, 20)],
  ['answer to a claim', () => truth.claim(jobId)],
  ['answer to weights', () => truth.putWeights(jobId, 4, Uint8Array.of(1))],
])('a %s that breaks off is UNAVAILABLE', async (_, call) => {
  answer = (response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"ha', () => response.destroy());
  };
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
