import { expect, test } from 'vitest';
import { readLogLine, saysWhy } from './log-line.ts';

test('an error of pino is one line with its cause', () => {
  const line = JSON.stringify({ level: 50, msg: 'not stored', err: { message: 'disk\n  full', stack: '…' } });
  expect(readLogLine(line)).toEqual({ isError: true, text: 'not stored: disk full' });
});

test('a cause that the message holds already is not said twice', () => {
  const line = JSON.stringify({ level: 60, msg: 'it failed: disk full', err: { message: 'disk full' } });
  expect(readLogLine(line).text).toBe('it failed: disk full');
});

test('warnings, plain text and broken JSON are no errors', () => {
  expect(readLogLine('{"level":40,"msg":"slow"}').isError).toBe(false);
  expect(readLogLine('Ready to accept connections').isError).toBe(false);
  expect(readLogLine('{"level":50,').isError).toBe(false);
});

test('of a crash the line with the error counts, not its frames', () => {
  expect(saysWhy('TypeError: x is not a function')).toBe(true);
  expect(saysWhy('    at main (file.js:1:1)')).toBe(false);
  expect(saysWhy('Node.js v20.20.2')).toBe(false);
});
