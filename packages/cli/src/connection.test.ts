import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CliConfig } from './config.ts';
import { findConnection } from './connection.ts';
import { identify } from './stack/lock.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'descent-connection-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function config(change: Partial<CliConfig> = {}): CliConfig {
  const nothing = { url: undefined, token: undefined, dataDir: undefined, redisUrl: undefined };
  return {
    ...nothing,
    cores: 2,
    workingDir: home,
    temporaryDir: home,
    env: {},
    loginFile: join(home, 'login.json'),
    ...change,
  };
}

/** As `descent up` of this process would have written it. */
function runStack(folder: string, url: string, pid = process.pid) {
  const dataDir = join(home, folder);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'stack.lock'), JSON.stringify({ ...identify(process.pid), pid }));
  writeFileSync(join(dataDir, 'stack.json'), JSON.stringify({ url, token: 'dsc_stack', pid }));
  return dataDir;
}

test('options win over the environment, and the environment over the stack of this machine', () => {
  runStack('.descent', 'http://127.0.0.1:7070');
  const environment = { url: 'http://lab:1', token: 'dsc_environment' };
  const options = { server: 'http://given:1', token: 'dsc_given' };
  expect(findConnection(options, config(environment))).toEqual({ url: 'http://given:1', token: 'dsc_given' });
  expect(findConnection({}, config(environment))).toEqual(environment);
  expect(findConnection({}, config())).toEqual({ url: 'http://127.0.0.1:7070', token: 'dsc_stack' });
});

test('the stack is found from a folder below, and a stack of `up` before one of `demo`', () => {
  const below = join(home, 'a', 'b');
  mkdirSync(below, { recursive: true });
  runStack(join('.descent', 'demo'), 'http://127.0.0.1:1');
  expect(findConnection({}, config({ workingDir: below })).url).toBe('http://127.0.0.1:1');
  runStack('.descent', 'http://127.0.0.1:2');
  expect(findConnection({}, config({ workingDir: below })).url).toBe('http://127.0.0.1:2');
});

test('a stack that has ended is not used', () => {
  runStack('.descent', 'http://127.0.0.1:7070', 4_194_305);
  expect(() => findConnection({}, config())).toThrow(/none runs from \.descent in/);
});

test('the token of the stack is never shown to another server', () => {
  runStack('.descent', 'http://127.0.0.1:7070');
  expect(() => findConnection({ server: 'http://elsewhere:7070' }, config())).toThrow(
    'No token is given for http://elsewhere:7070',
  );
  expect(findConnection({ server: 'http://127.0.0.1:7070/' }, config()).token).toBe('dsc_stack');
});

test('an address that is not one is refused', () => {
  expect(() => findConnection({ server: 'localhost:7070', token: 'x' }, config())).toThrow(
    '--server "localhost:7070" is not an http(s) address',
  );
});
