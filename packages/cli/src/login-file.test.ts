import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findConnection } from './connection.ts';
import { readLogin, removeLogin, writeLogin } from './login-file.ts';

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'descent-login-'));
  file = join(home, 'descent', 'login.json');
});
afterEach(() => rmSync(home, { recursive: true }));

const login = { server: 'http://lab:7100', token: 'dsc_lab' };
const config = () => ({
  url: undefined,
  token: undefined,
  dataDir: undefined,
  redisUrl: undefined,
  cores: 1,
  workingDir: home,
  temporaryDir: home,
  env: {},
  loginFile: file,
});

test('a login is kept for its owner alone, and forgotten on request', () => {
  writeLogin(file, login);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readLogin(file)).toEqual(login);
  removeLogin(file);
  expect(readLogin(file)).toBe(null);
});

test('commands use it, for its server alone', () => {
  writeLogin(file, login);
  expect(findConnection({}, config())).toEqual({ url: 'http://lab:7100', token: 'dsc_lab' });
  expect(() => findConnection({ server: 'http://other:1' }, config())).toThrow(
    'No token is given for http://other:1',
  );
});

test('a damaged file is like none', () => {
  writeLogin(file, login);
  writeFileSync(file, '{"server":');
  expect(() => findConnection({}, config())).toThrow('No Descent service is given');
});
