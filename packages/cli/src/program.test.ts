import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeError } from './describe-error.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import { runCli } from './program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-program-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As `main.ts`, within this process. */
async function descent(...argv: string[]) {
  let stdout = '';
  let stderr = '';
  let code: ExitCode = 0;
  const nothing = { url: undefined, token: undefined, dataDir: undefined, redisUrl: undefined };
  try {
    await runCli(argv, {
      config: {
        ...nothing,
        cores: 4,
        workingDir: folder,
        temporaryDir: folder,
        env: {},
        loginFile: join(folder, 'login.json'),
      },
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
      readLine: async () => '',
      signal: new AbortController().signal,
      forceSignal: new AbortController().signal,
      setExitCode(given) {
        code = given;
      },
    });
  } catch (error) {
    code = exitCodeOf(error);
    stderr += describeError(error, { json: argv.includes('--json') });
  }
  return { code, stdout, stderr };
}

const commands = [
  'up',
  'demo',
  'submit',
  'ls',
  'status',
  'watch',
  'top',
  'logs',
  'metrics',
  'compare',
  'trace',
  'cancel',
  'pause',
  'resume',
  'fork',
  'edit',
  'predict',
  'open',
  'completion',
  'download',
  'export',
  'graph',
  'explain',
  'doctor',
];

const accounts = [
  'login',
  'logout',
  'whoami',
  'team create',
  'team set',
  'team ls',
  'team members',
  'team invite',
  'team role',
  'team remove',
  'token create',
  'token ls',
  'token revoke',
  'class import',
];

test.each([
  ...commands,
  'datasets ls',
  'datasets push',
  'datasets fetch',
  'datasets show',
  'datasets rm',
  'webhooks ls',
  'webhooks add',
  'webhooks rm',
  'webhooks test',
  'webhooks deliveries',
  ...accounts,
])('`descent %s --help` explains itself on stdout', async (name) => {
  const { code, stdout, stderr } = await descent(...name.split(' '), '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: descent /);
  expect(stdout).toContain('--json');
});

test.each([
  [
    'an unknown option',
    ['submit', 'x.json', '--folow'],
    "unknown option '--folow'\n(Did you mean --follow?)",
  ],
  ['an unknown command', ['statsu', 'x'], "unknown command 'statsu'\n(Did you mean status?)"],
  ['a missing argument', ['status'], "missing required argument 'id'"],
  ['one argument too many', ['whoami', 'x'], 'too many arguments'],
  ['a number out of range', ['up', '--port', '70000'], 'whole number from 0 to 65535'],
  ['a number that is none', ['up', '--workers', '1e3'], 'whole number from 1 to 256'],
  ['an unknown format', ['export', 'x', '--format', 'keras'], 'Allowed choices are onnx'],
  ['no format', ['export', 'x'], "required option '-f, --format <format>' not specified"],
  ['an unknown state', ['ls', '--state', 'done'], 'Allowed choices are queued'],
  ['a file that is not there', ['submit', 'nowhere.json'], 'Cannot read nowhere.json'],
  ['an upload that is not there', ['datasets', 'push', 'x.csv'], 'Cannot read x.csv'],
  ['an unknown example', ['demo', '--example', 'mnist-mpl'], 'There is no example "mnist-mpl"; there are: '],
  ['a scope that is none', ['token', 'create', 'x', '--scopes', 'write'], '"write" is none of read'],
  ['a class list that is not there', ['class', 'import', 'x.csv'], 'Cannot read x.csv'],
  ['a link that is none', ['login', 'http://lab'], 'http://host/#join='],
  [
    'nothing to change',
    ['edit', 'x', '--server', 'http://h', '--token', 't'],
    'needs an option that says what',
  ],
  ['neither rows nor a file', ['predict', 'x'], 'needs either a file or --row'],
  ['a row that is none', ['predict', 'x', '--row', '{a:1}'], '--row:1:2'],
  ['an unknown shell', ['completion', 'csh'], 'Allowed choices are bash'],
  ['no service', ['ls'], 'SERVER_UNKNOWN. Start one with `descent up`'],
])('%s ends with exit code 2 and nothing on stdout', async (_what, argv, message) => {
  const { code, stdout, stderr } = await descent(...argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('with --json an error is one line: the error body with its advice', async () => {
  const { stderr } = await descent('demo', '--json', '--example', 'mnist-mpl');
  expect(JSON.parse(stderr)).toMatchObject({
    code: 'EXAMPLE_UNKNOWN',
    details: { name: 'mnist-mpl', didYouMean: 'mnist-mlp' },
    advice: 'Each example is a file examples/NAME.json.',
  });
});
