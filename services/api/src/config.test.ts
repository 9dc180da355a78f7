import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const complete = {
  DESCENT_DATA_DIR: '/data',
  REDIS_URL: 'redis://127.0.0.1:6379',
  DESCENT_SERVICE_TOKEN: '0123456789abcdef',
};

test('what is left out has a default', () => {
  expect(readConfig(complete)).toEqual({
    dataDir: '/data',
    database: '/data/descent.sqlite',
    host: '127.0.0.1',
    port: 7100,
    redisUrl: 'redis://127.0.0.1:6379',
    queuePrefix: 'descent',
    serviceToken: '0123456789abcdef',
    maxRunningJobs: 4,
    datasetBytes: Number.MAX_SAFE_INTEGER,
    urlHosts: [],
    logLevel: 'info',
  });
});

test.each([
  ['DESCENT_DATA_DIR', ''],
  ['REDIS_URL', undefined],
  ['DESCENT_SERVICE_TOKEN', 'short'],
  ['DESCENT_PORT', '70000'],
  ['DESCENT_DATABASE_URL', 'mysql://root:secret@db/descent'],
  ['DESCENT_MAX_RUNNING_JOBS', 'many'],
])('%s = %j is refused by name', (variable, value) => {
  expect(() => readConfig({ ...complete, [variable]: value })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', details: expect.objectContaining({ variable }) }),
  );
});
