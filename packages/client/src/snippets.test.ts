import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import type { JobCreate } from '@descent/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderSnippet, snippetLanguages } from './snippets.ts';

const request: JobCreate = {
  name: `It's "quoted" \\ $HOME \`id\` – naïve 🙂\nJSON\n"""`,
  model: {
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'dense', units: 2 }],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  data: { dataset: 'builtin:mnist' },
  training: {
    epochs: 2,
    batchSize: 4,
    optimizer: { type: 'sgd', learningRate: 1e-7, momentum: 0.9, nesterov: true },
  },
};
const url = "http://lab:7070/o'clock";

/** The shell runs the snippet with a program of that name which prints its arguments, then its input. */
function inShell(program: string, snippet: string) {
  const script = `${program}() { for a in "$@"; do printf '%s\\0' "$a"; done; cat; }\n${snippet}`;
  const output = execFileSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { DESCENT_TOKEN: 'dsc_secret' },
  });
  const parts = output.split('\0');
  return { args: parts.slice(0, -1), body: JSON.parse(parts.at(-1) ?? '') };
}

test('curl sends the request with the token of the environment', () => {
  const { args, body } = inShell('curl', renderSnippet('curl', { url, request }));
  expect(body).toEqual(request);
  expect(args).toContain(`${url}/v1/jobs`);
  expect(args).toContain('authorization: Bearer dsc_secret');
});

test('the command line submits the request', () => {
  const { args, body } = inShell('descent', renderSnippet('cli', { url: `${url}/`, request }));
  expect(body).toEqual(request);
  expect(args).toEqual(['submit', '-', '--follow', '--server', url]);
});

/** Each literal is read by Python itself. */
function readByPython(snippets: readonly string[]): unknown[] {
  const script = [
    'import ast, json, sys',
    'for text in json.load(sys.stdin):',
    '    tree = ast.parse(text)',
    '    call = tree.body[1].value',
    '    print(json.dumps([ast.literal_eval(call.func.value.args[0]), ast.literal_eval(call.args[0])]))',
  ].join('\n');
  const output = execFileSync('/usr/bin/python3', ['-c', script], {
    input: JSON.stringify(snippets),
    encoding: 'utf8',
  });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('Python and TypeScript read the literals as the request, whatever is in it', () => {
  const requests = [
    request,
    ...fc.sample(
      fc.jsonValue().map((value) => ({ value })),
      { numRuns: 60, seed: 7 },
    ),
  ];
  const rendered = (language: 'python' | 'typescript') =>
    requests.map((one) => renderSnippet(language, { url, request: one as JobCreate }));
  const plain = requests.map((one) => JSON.parse(JSON.stringify(one)));
  expect(readByPython(rendered('python'))).toEqual(plain.map((one) => [url, one]));
  const read = rendered('typescript').map((snippet) => {
    const literal = snippet.slice(snippet.indexOf('submit(') + 7, snippet.lastIndexOf(');\nfor await'));
    return JSON.parse(JSON.stringify(runInNewContext(`(${literal})`)));
  });
  expect(read).toEqual(plain);
});

test('a snippet holds no token', () => {
  for (const language of snippetLanguages)
    expect(renderSnippet(language, { url, request })).not.toMatch(/dsc_/);
});
