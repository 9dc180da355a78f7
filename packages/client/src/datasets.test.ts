import { expect, test } from 'vitest';
import { createClient } from './create-client.ts';
import { startTestServer } from './testing-server.ts';

const id = 'ds_01JD0000000000000000000000';

test('an upload sends a stream as it comes, with the name of its file', async () => {
  const received: string[] = [];
  await using server = await startTestServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => received.push(text));
    request.on('end', () => response.end(JSON.stringify({ id, state: 'ready' })));
  });
  const rows = ['x,y\n', '1,2\n', '3,4\n'];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const row = rows.shift();
      if (row === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(row));
    },
  });
  const client = createClient({ url: server.url, token: 'dsc_test' });
  const dataset = await client.datasets.upload(id, stream, { fileName: 'points.csv' });
  expect(dataset.state).toBe('ready');
  expect(received.join('')).toBe('x,y\n1,2\n3,4\n');
  expect(server.requests[0]?.method).toBe('PUT');
  expect(server.requests[0]?.url).toBe(`/v1/datasets/${id}/content?filename=points.csv`);
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer dsc_test',
  });
});
