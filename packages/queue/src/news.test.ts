import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { connectQueue } from './connect-queue.ts';
import { planQueueServer } from './queue-server.ts';
import { Server, Stream } from './testing/server.ts';

const { kind } = await planQueueServer({ dataDir: tmpdir(), redisUrl: undefined, path: process.env.PATH });

describe.each([
  ['js-redis-server', undefined],
  ...(kind === 'redis' ? [['redis-server', process.env.PATH] as const] : []),
] as const)('on %s', (_, path) => {
  test('what one process tells every other hears, and after an outage all know that they may have missed something', async () => {
    const server = await Server.start(path);
    const options = { url: server.plan.url, prefix: 'one' };
    const [teller, hearer, stranger] = await Promise.all([
      connectQueue(options),
      connectQueue(options),
      connectQueue({ ...options, prefix: 'another' }),
    ]);
    try {
      const heard = new Stream<string | null>();
      const elsewhere = new Stream<string | null>();
      hearer.news.subscribe(heard.push);
      stranger.news.subscribe(elsewhere.push);
      // A subscription is not answered for: told until it is heard.
      const tell = (text: string) => setInterval(() => teller.news.publish(text), 20);
      const first = tell('first');
      expect(await heard.next()).toBe('first');
      clearInterval(first);

      await server.kill();
      teller.news.publish('nobody hears this');
      await server.run();
      const second = tell('second');
      const rest = [];
      for (let text = await heard.next(); ; text = await heard.next()) {
        if (text !== 'first') rest.push(text);
        if (text === 'second') break;
      }
      clearInterval(second);
      expect(rest).toEqual([null, 'second']);
      const third = setInterval(() => stranger.news.publish('third'), 20);
      for (let text = await elsewhere.next(); text !== 'third'; text = await elsewhere.next())
        expect(text).toBe(null);
      clearInterval(third);
    } finally {
      await Promise.all([teller.close(), hearer.close(), stranger.close()]);
      await server.remove();
    }
  }, 30_000);
});
