import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';

let api: ApiFixture;
let port: number;
beforeAll(async () => {
  api = await openApi({ limits: { bodyIdleMs: 100, bodyMs: 60_000, headersMs: 10_000 } });
  port = Number(new URL(await api.app.server.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => api.close());

/** Byte for byte on the wire: clients tidy such headers up. */
async function post(contentType: string | null, body = '{"name":"x","surplus":1}'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const lines = [
    'POST /v1/datasets HTTP/1.1',
    'host: x',
    `authorization: Bearer ${api.token}`,
    ...(contentType === null ? [] : [`content-type:${contentType}`]),
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

// The body holds a field too many: 422 says that it was checked, whatever the header looked like.
test.each([
  ' application/json',
  ' APPLICATION/JSON',
  ' application/json; charset=utf-8',
  '\tapplication/json',
])('%j is JSON, and is validated', async (contentType) =>
  expect(await post(contentType)).toMatch(/^HTTP\/1.1 422 .*surplus/s),
);

test.each([
  ' application/json\ta',
  ' application/json a',
  ' application/jsonx',
  ' application/ json',
  ' text/plain',
  ' text/plain; application/json',
  ' application/x-www-form-urlencoded',
  ' multipart/form-data',
  '',
  null,
])('%j is refused, and nothing is created', async (contentType) => {
  const before = await api.user({ url: '/v1/datasets' });
  expect(await post(contentType, '{"name":"x"}')).toMatch(/^HTTP\/1.1 (415|400) /);
  expect((await api.user({ url: '/v1/datasets' })).body).toBe(before.body);
});

test('a body that stops coming closes the connection', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /v1/datasets HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${api.token}\r\n` +
      'content-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  );
  await once(socket.resume(), 'close');
  expect((await api.user({ url: '/v1/datasets' })).statusCode).toBe(200);
});
