import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const complete = {
  DESCENT_API_URL: 'http://127.0.0.1:7100',
  REDIS_URL: 'redis://127.0.0.1:6379',
  DESCENT_SERVICE_TOKEN: '0123456789abcdef',
};
const defaults = {
  apiUrl: 'http://127.0.0.1:7100',
  redisUrl: 'redis://127.0.0.1:6379',
  serviceToken: '0123456789abcdef',
  channelAddress: 'tcp:127.0.0.1:0',
  advertisedAddress: undefined,
  checksum: undefined,
  replaces: undefined,
  maxJobs: 8,
  metrics: undefined,
  name: `${hostname()}-${process.pid}`,
  queuePrefix: 'descent',
  logLevel: 'info',
  sumOrder: 'tree',
  remoteAddress: undefined,
  remoteAdvertisedAddress: undefined,
  memoryBytes: expect.any(Number),
};

test('what is left out has a default', () => {
  expect(readConfig(complete)).toEqual(defaults);
});

test('what is left empty has the same default', () => {
  expect(
    readConfig({
      ...complete,
      DESCENT_CHANNEL_ADDRESS: '',
      DESCENT_MAX_JOBS: '',
      DESCENT_NAME: '',
      DESCENT_QUEUE_PREFIX: '',
      LOG_LEVEL: '',
    }),
  ).toEqual(defaults);
});

test('every variable is read', () => {
  expect(
    readConfig({
      ...complete,
      DESCENT_CHANNEL_ADDRESS: 'unix:/run/descent.sock',
      DESCENT_MAX_JOBS: '2',
      DESCENT_CHANNEL_REMOTE_ADDRESS: 'tcp:0.0.0.0:7071',
      DESCENT_CHANNEL_REMOTE_ADVERTISED_ADDRESS: 'tcp:lab.example:7071',
      DESCENT_SERVER_MEMORY_MIB: '512',
      DESCENT_METRICS_PORT: '9464',
      DESCENT_NAME: 'server-1',
      DESCENT_QUEUE_PREFIX: 'blue',
      LOG_LEVEL: 'debug',
      DESCENT_BENCH_ARRIVAL_ORDER: '1',
    }),
  ).toEqual({
    ...defaults,
    channelAddress: 'unix:/run/descent.sock',
    maxJobs: 2,
    remoteAddress: 'tcp:0.0.0.0:7071',
    remoteAdvertisedAddress: 'tcp:lab.example:7071',
    memoryBytes: 512 * 2 ** 20,
    metrics: { host: '127.0.0.1', port: 9464 },
    name: 'server-1',
    queuePrefix: 'blue',
    logLevel: 'debug',
    sumOrder: 'arrival',
  });
});

test.each([
  ['DESCENT_API_URL', undefined],
  ['DESCENT_API_URL', ''],
  ['REDIS_URL', undefined],
  ['DESCENT_SERVICE_TOKEN', 'short'],
  ['DESCENT_MAX_JOBS', '0'],
  ['DESCENT_MAX_JOBS', '1001'],
  ['DESCENT_MAX_JOBS', 'many'],
])('%s = %j is refused by name', (variable, value) => {
  expect(() => readConfig({ ...complete, [variable]: value })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', details: expect.objectContaining({ variable }) }),
  );
});
