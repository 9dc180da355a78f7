import { expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import { startTestServer } from './testing-server.ts';

const refusal = JSON.stringify({ code: 'TOO_MANY_REQUESTS', message: 'Too many requests', details: {} });

test('a call that comes too soon is made again after the time that the service names', async () => {
  const bodies: string[] = [];
  await using server = await startTestServer(async (request, response, count) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push(text);
    response.setHeader('content-type', 'application/json');
    if (count < 3) response.writeHead(429, { 'retry-after': '0' }).end(refusal);
    else response.end(JSON.stringify({ id: 'ds_1' }));
  });
  await expect(createClient({ url: server.url }).datasets.create('digits')).resolves.toMatchObject({
    id: 'ds_1',
  });
  expect(bodies).toEqual(new Array(3).fill('{"name":"digits"}'));
});

test.each([
  ['more than the caller has patience for', { 'retry-after': '2' }],
  ['no time', {}],
])('a refusal that names %s is the answer', async (_, headers) => {
  await using server = await startTestServer((_, response) => {
    response.writeHead(429, { 'content-type': 'application/json', ...headers }).end(refusal);
  });
  const client = createClient({ url: server.url, patienceMs: 1_000 });
  await expect(client.jobs.get('job_1')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect(server.requests).toHaveLength(1);
});
