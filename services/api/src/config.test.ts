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
    s3: undefined,
    host: '127.0.0.1',
    port: 7100,
    redisUrl: 'redis://127.0.0.1:6379',
    queuePrefix: 'descent',
    serviceToken: '0123456789abcdef',
    maxRunningJobs: 4,
    datasetBytes: Number.MAX_SAFE_INTEGER,
    urlHosts: [],
    webhookHosts: [],
    logLevel: 'info',
  });
});

test.each([
  ['DESCENT_DATA_DIR', ''],
  ['REDIS_URL', undefined],
  ['DESCENT_SERVICE_TOKEN', 'short'],
  ['DESCENT_PORT', '70000'],
  ['DESCENT_ARTIFACTS_URL', 'https://bucket'],
  ['DESCENT_DATABASE_URL', 'mysql://root:secret@db/descent'],
  ['DESCENT_MAX_RUNNING_JOBS', 'many'],
])('%s = %j is refused by name', (variable, value) => {
  expect(() => readConfig({ ...complete, [variable]: value })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', details: expect.objectContaining({ variable }) }),
  );
});

test.each([
  ['s3://course', { bucket: 'course', prefix: '', region: 'us-east-1' }],
  ['s3://course/a/b', { bucket: 'course', prefix: 'a/b/', region: 'us-east-1' }],
])('%s is a place for artifacts', (url, s3) => {
  expect(readConfig({ ...complete, DESCENT_ARTIFACTS_URL: url }).s3).toEqual(s3);
});

test('an endpoint of S3 and a region are told apart from the place', () => {
  const more = { AWS_ENDPOINT_URL_S3: 'http://minio:9000', AWS_REGION: 'eu-central-1' };
  expect(readConfig({ ...complete, ...more, DESCENT_ARTIFACTS_URL: 's3://course/' }).s3).toEqual({
    bucket: 'course',
    prefix: '',
    region: 'eu-central-1',
    endpoint: 'http://minio:9000',
  });
});
