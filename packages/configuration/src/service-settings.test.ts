import { expect, test } from 'vitest';
import { readServiceSettings } from './service-settings.ts';

const complete = { REDIS_URL: 'unix:/run/redis.sock', DESCENT_SERVICE_TOKEN: '0123456789abcdef' };

test.each([[{}], [{ DESCENT_QUEUE_PREFIX: '', LOG_LEVEL: '' }]])(
  'with %j prefix and level have defaults',
  (rest) => {
    expect(readServiceSettings({ ...complete, ...rest })).toEqual({
      redisUrl: 'unix:/run/redis.sock',
      serviceToken: '0123456789abcdef',
      queuePrefix: 'descent',
      logLevel: 'info',
    });
  },
);

test('prefix and level are read', () => {
  const rest = { DESCENT_QUEUE_PREFIX: 'blue', LOG_LEVEL: 'warn' };
  expect(readServiceSettings({ ...complete, ...rest })).toMatchObject({
    queuePrefix: 'blue',
    logLevel: 'warn',
  });
});
