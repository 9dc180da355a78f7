import { DescentError } from '@descent/errors';
import { expect, test } from 'vitest';
import { redisFailure } from './redis-failure.ts';

test.each([
  [Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { syscall: 'connect' }), 'QUEUE_UNREACHABLE'],
  [new Error('Connection is closed.'), 'QUEUE_UNREACHABLE'],
  [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'QUEUE_UNREACHABLE'],
  [new Error('Command timed out'), 'QUEUE_UNREACHABLE'],
  [new Error('LOADING Redis is loading the dataset in memory'), 'QUEUE_UNREACHABLE'],
  [new Error('READONLY You can not write against a read only replica.'), 'QUEUE_UNREACHABLE'],
  [new Error('NOAUTH Authentication required.'), 'QUEUE_UNSUITABLE'],
  [new Error("OOM command not allowed when used memory > 'maxmemory'."), 'QUEUE_UNSUITABLE'],
  [new Error('ERR unknown command'), 'QUEUE_FAILED'],
  [new TypeError('x is not a function'), 'QUEUE_FAILED'],
])('%s is %s', (cause, code) => {
  expect(redisFailure('redis://h:1', cause)).toMatchObject({
    code,
    cause,
    details: { server: 'redis://h:1' },
  });
});

test('an error of ours stays as it is', () => {
  const error = new DescentError('QUEUE_URL_INVALID', { problem: 'x' });
  expect(redisFailure('redis://h:1', error)).toBe(error);
});
