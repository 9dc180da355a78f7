import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const environment = {
  REDIS_URL: 'redis://127.0.0.1:6379',
  DESCENT_SERVICE_TOKEN: 'a token of enough length',
  DESCENT_API_URL: 'http://127.0.0.1:8080',
  DESCENT_CACHE_DIR: '/var/cache/descent',
};

test('what the environment leaves out has a default', () => {
  expect(readConfig(environment)).toEqual({
    link: {
      from: 'this-installation',
      redisUrl: 'redis://127.0.0.1:6379',
      queuePrefix: 'descent',
      serviceToken: 'a token of enough length',
      logLevel: 'info',
    },
    devices: 1,
    logLevel: 'info',
    apiUrl: 'http://127.0.0.1:8080',
    cacheDir: '/var/cache/descent',
    cacheDiskBytes: 20 * 2 ** 30,
    cacheMemoryBytes: 256 * 2 ** 20,
    threads: 1,
    choice: { engine: 'auto', device: 'auto', vulkanDrivers: [] },
    slowdown: 1,
    metrics: undefined,
    name: expect.stringMatching(`^${hostname()}-${process.pid}-[0-9a-f]{4}$`),
  });
});

test('with a worker token neither queue nor service token is needed', () => {
  const { DESCENT_API_URL, DESCENT_CACHE_DIR } = environment;
  const { link } = readConfig({ DESCENT_API_URL, DESCENT_CACHE_DIR, DESCENT_WORKER_TOKEN: 'dsc_secret' });
  expect(link).toEqual({ from: 'elsewhere', token: 'dsc_secret' });
});

test('threads and name are taken from the environment', () => {
  const config = readConfig({ ...environment, DESCENT_THREADS: '4', DESCENT_NAME: 'worker-2' });
  expect([config.threads, config.name]).toEqual([4, 'worker-2']);
});

test('a slowdown holds for the worker that it names', () => {
  const slowed = { ...environment, DESCENT_BENCH_SLOWDOWN: 'worker-2:10', DESCENT_NAME: 'worker-2' };
  expect(readConfig(slowed).slowdown).toBe(10);
});

test('engine and device are taken from the environment', () => {
  const { choice } = readConfig({ ...environment, DESCENT_ENGINE: 'tfjs', DESCENT_DEVICE: 'cpu' });
  expect([choice.engine, choice.device]).toEqual(['tfjs', 'cpu']);
});

test('without a name each start has one of its own: the same host and process id may be another process', () => {
  const names = Array.from({ length: 8 }, () => readConfig({ ...environment, DESCENT_NAME: '' }).name);
  expect(names.every((name) => name.startsWith(`${hostname()}-${process.pid}-`))).toBe(true);
  expect(new Set(names).size).toBeGreaterThan(1);
});

test.each(['REDIS_URL', 'DESCENT_SERVICE_TOKEN', 'DESCENT_API_URL', 'DESCENT_CACHE_DIR'])(
  '%s is named when it is missing or empty',
  (variable) => {
    for (const value of [undefined, '']) {
      expect(() => readConfig({ ...environment, [variable]: value })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', details: { variable, problem: 'it is not set' } }),
      );
    }
  },
);

test.each(['0', '257', '1.5', 'many'])('DESCENT_THREADS=%s is refused by name', (threads) => {
  expect(() => readConfig({ ...environment, DESCENT_THREADS: threads })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      details: {
        variable: 'DESCENT_THREADS',
        problem: `"${threads}" is not a whole number from 1 to 256`,
      },
    }),
  );
});
