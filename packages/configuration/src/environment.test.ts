import { expect, test } from 'vitest';
import { readInteger, readSwitch, readText, requireSecret, requireText } from './environment.ts';

const invalid = (problem: string) =>
  expect.objectContaining({
    code: 'CONFIG_INVALID',
    details: { variable: 'NAME', problem },
  });

test('a text that is set is returned as it is', () => {
  expect(requireText({ NAME: ' a b ' }, 'NAME')).toBe(' a b ');
  expect(readText({ NAME: ' a b ' }, 'NAME', 'other')).toBe(' a b ');
});

test.each([[{}], [{ NAME: undefined }], [{ NAME: '' }]])('%j does not set a variable', (environment) => {
  expect(() => requireText(environment, 'NAME')).toThrow(invalid('it is not set'));
  expect(() => requireSecret(environment, 'NAME')).toThrow(invalid('it is not set'));
  expect(readText(environment, 'NAME', 'fallback')).toBe('fallback');
  expect(readInteger(environment, 'NAME', { fallback: 3, minimum: 5, maximum: 9 })).toBe(3);
});

test('a secret has at least 16 characters and is never part of the error', () => {
  expect(requireSecret({ NAME: '0123456789abcdef' }, 'NAME')).toBe('0123456789abcdef');
  expect(() => requireSecret({ NAME: '0123456789abcde' }, 'NAME')).toThrow(
    invalid('it needs at least 16 characters'),
  );
});

test('a switch is 1, 0 or not set', () => {
  expect(['1', '0', ''].map((NAME) => readSwitch({ NAME }, 'NAME'))).toEqual([true, false, undefined]);
  expect(() => readSwitch({ NAME: 'yes' }, 'NAME')).toThrow(invalid('"yes" is neither 1 nor 0'));
});

test('whole numbers are read up to and including both limits', () => {
  const range = { fallback: 0, minimum: -5, maximum: 65_535 };
  expect(['-5', '0', '007', '65535'].map((NAME) => readInteger({ NAME }, 'NAME', range))).toEqual([
    -5, 0, 7, 65_535,
  ]);
});

test.each(['-6', '10', '1.5', 'many', ' ', '1 ', '0x1', '1e0', '--1', 'Infinity', 'NaN', '9'.repeat(400)])(
  '%j is not a whole number from -5 to 9',
  (NAME) => {
    expect(() => readInteger({ NAME }, 'NAME', { fallback: 1, minimum: -5, maximum: 9 })).toThrow(
      invalid(`"${NAME}" is not a whole number from -5 to 9`),
    );
  },
);
