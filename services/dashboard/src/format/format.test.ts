import { describe, expect, test } from 'vitest';
import { formatAge, formatDuration } from './duration.ts';
import { formatBytes, formatCompact, formatScore } from './number.ts';

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [95, '1 min 35 s'],
    [3600, '1 h'],
    [7260, '2 h 1 min'],
    [200_000, '2 d 7 h'],
    [null, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%s s reads %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  test.each([
    [3, 'just now'],
    [45, '45 s ago'],
    [3599, '59 min ago'],
    [86_399, '23 h ago'],
    [86_400 * 12, '12 d ago'],
    [-30, 'just now'],
  ])('an age of %s s reads %s', (seconds, text) => {
    expect(formatAge('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:00Z') + seconds * 1000)).toBe(text);
  });
});

describe('scores', () => {
  test.each([
    ['accuracy', 0.97215, '97.22%'],
    ['loss', 0.123456, '0.1235'],
    ['loss', 0.00012345, '1.23e-4'],
    ['loss', 0, '0.000'],
    ['loss', 123456, '1.23e+5'],
    ['loss', Number.NaN, '–'],
    ['loss', undefined, '–'],
    ['loss', Number.POSITIVE_INFINITY, '∞'],
  ])('%s %s reads %s', (name, value, text) => expect(formatScore(name, value)).toBe(text));
});

test('bytes and large numbers keep three digits', () => {
  expect(formatBytes(512)).toBe('512 B');
  expect(formatBytes(2_150_000)).toBe('2.05 MiB');
  expect(formatBytes(53_000_000)).toBe('50.5 MiB');
  expect(formatCompact(1_234_567)).toBe('1.23M');
});
