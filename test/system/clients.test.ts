import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type JobCreate, renderSnippet, snippetLanguages } from '@descent/client';
import { runDescent, type Stack, startStack } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const python = '/usr/bin/python3';
const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let stack: Stack;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'descent-clients-'));
  stack = await startStack({ workers: 1 });
  const module = await fetch(`${stack.url}/sdk/python/descent.py`);
  expect(module.headers.get('content-type')).toContain('text/x-python');
  writeFileSync(join(folder, 'descent.py'), await module.text());
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack?.stop();
});

const environment = () => ({
  PATH: process.env.PATH,
  HOME: folder,
  PYTHONPATH: folder,
  PYTHONDONTWRITEBYTECODE: '1',
  DESCENT_URL: stack.url,
  DESCENT_TOKEN: stack.token,
});
const inPython = async (script: string) =>
  (await run(python, ['-c', script], { cwd: folder, env: environment() })).stdout;

/** Numbers of 1 to 3 %, near 2 = 2·1 − 1 + 1, at the end of what the examples print. */
const answerOf = (output: string) => Number(/is about \[?\s*([\d.]+)/.exec(output)?.[1]);

test('the example in Python uploads lists, follows the curve and predicts', async () => {
  const example = join(root, 'examples/clients/train.py');
  const { stdout } = await run(python, [example], { cwd: folder, env: environment() });
  expect(stdout).toMatch(/^<Dataset ds_\w+ ready: line from Python \{'train': 200\}>$/m);
  expect(stdout).toMatch(/^<Point validation step 270: loss [\de.-]+/m);
  expect(stdout).toMatch(/^<Job job_\w+ succeeded, step 270 of 270: a line from Python>$/m);
  expect(answerOf(stdout)).toBeCloseTo(2, 1);
});

test('the example in TypeScript does the same', async () => {
  const example = join(root, 'examples/clients/train.ts');
  const node = ['--import', 'tsx', '--conditions', 'descent-source', example];
  const { stdout } = await run(process.execPath, node, { cwd: root, env: environment() });
  expect(stdout).toMatch(/^270 { loss: [\de.-]+/m);
  expect(stdout).toMatch(/^succeeded \{/m);
  expect(answerOf(stdout)).toBeCloseTo(2, 1);
});

const hasNumpy = (() => {
  try {
    execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasNumpy) console.warn('The test with NumPy is skipped: install Debian’s `python3-numpy` to run it.');

test.skipIf(!hasNumpy)(
  'arrays of NumPy go up as they are, split by split, and come back as they went',
  async () => {
    const output = await inPython(`
import json, numpy
from descent import Client
client = Client()
x = numpy.arange(24, dtype="float32").reshape(6, 2, 2)[:, ::-1]
sets = {"train": {"x": x, "label": numpy.arange(6) % 3}, "test": {"x": x[:2].astype("float64"), "label": numpy.arange(2)}}
sent = []
data = client.upload("arrays", sets, progress=lambda at, total: sent.append((at, total)))
print(json.dumps([data.splits, sorted(data.columns), sent[-1][0] == sent[-1][1], data.id]))
`);
    const [splits, columns, whole, id] = JSON.parse(output);
    expect({ splits, columns, whole }).toEqual({
      splits: { train: 6, test: 2 },
      columns: ['label', 'x'],
      whole: true,
    });
    const { manifest } = await stack.client.datasets.get(id);
    const statistics = Object.fromEntries(manifest?.columns.map((one) => [one.name, one]) ?? []);
    expect(statistics.x).toMatchObject({
      shape: [2, 2],
      statistics: { minimum: 0, maximum: 23, mean: 11.5 },
    });
  },
);

test('a notebook shows a job with its curve; jobs are found, edited and named; errors are the service’s', async () => {
  const output = await inPython(`
import json
from descent import Client, DescentError
client = Client()
job = client.jobs("line Python state = succeeded", sort="-metrics.loss")[0]
job.edit(tags=["line"], starred=True)
shown = job._repr_html_()
assert client.jobs("tag = line starred = true")[0].id == job.id
assert job.download(job.id + ".weights").endswith(".weights")
def code(call):
    try:
        call()
    except DescentError as error:
        return [error.code, error.status]
codes = [
    code(lambda: client.job("job_01JD0000000000000000000000")),
    code(lambda: client.submit(model={}, data={}, training={})),
    code(lambda: client.jobs("sate = x")),
    code(lambda: client.upload("x", {"x": [[1, 2], [3]]})),
    code(lambda: Client(client.url, "dsc_wrong").whoami()),
    code(lambda: Client("http://127.0.0.1:9", "dsc_x").job("x") if False else Client("http://127.0.0.1:9", "x")._open("GET", "/")),
    code(lambda: job.cancel()),
]
print(json.dumps([shown, codes, repr(client)]))
`);
  const [shown, codes, client] = JSON.parse(output);
  expect(shown).toMatch(/<svg role="img" aria-label="Loss over steps"/);
  expect(shown.match(/<polyline points="[\d., ]+"/g)).toHaveLength(2);
  expect(shown).toContain('a line from Python');
  expect(codes).toEqual([
    ['JOB_NOT_FOUND', 404],
    ['REQUEST_INVALID', 422],
    ['QUERY_INVALID', 422],
    ['REQUEST_INVALID', 0],
    ['UNAUTHENTICATED', 401],
    ['UNAVAILABLE', 0],
    ['JOB_STATE_CONFLICT', 409],
  ]);
  expect(client).not.toContain(stack.token);
});

test('a stream goes on after the api was killed, without a point lost or doubled', async () => {
  const job = (await stack.client.jobs.list({ query: 'name = "a line from Python"' })).jobs[0];
  const request = { ...job?.request, name: 'long line' } as JobCreate;
  const long = await stack.client.submit({ ...request, training: { ...request.training, epochs: 100 } });
  const reading = inPython(`
from descent import Client
job = Client().job(${JSON.stringify(long.id)})
seen = [point.sequence for point in job.stream()]
print(seen == list(range(1, len(seen) + 1)), len(seen) > 900, job.state)
`);
  for await (const { step } of long.metrics()) if (step > 50) break;
  await stack.replace('api');
  expect(await reading).toBe('True True succeeded\n');
});

test('the command line looks at a job from every side', async () => {
  const job = (await stack.client.jobs.list({ query: 'name = "a line from Python"' })).jobs[0];
  const id = job?.id ?? '';
  const descent = async (...args: string[]) => {
    const { code, stdout, stderr } = await runDescent(args, {
      cwd: folder,
      env: { DESCENT_URL: stack.url, DESCENT_TOKEN: stack.token },
    });
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };
  const lines = async (...args: string[]) => (await descent(...args)).trimEnd().split('\n');
  expect((await lines('ls', 'name = "a line from Python"', '--sort', 'name'))[1]).toMatch(
    new RegExp(`^${id}  succeeded`),
  );
  expect((await lines('logs', id, '-f')).at(-1)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}state +/);
  expect(await lines('logs', id, '--type', 'created', '--json')).toHaveLength(1);
  const csv = await lines('metrics', id, '--csv', '--split', 'validation');
  expect(csv[0]).toMatch(/^step,epoch,split,loss/);
  expect(csv).toHaveLength(1 + 30);
  expect(await lines('metrics', id, '--last', '5')).toHaveLength(6);
  expect(JSON.parse((await lines('metrics', id, '--json'))[0] ?? '')).toMatchObject({ sequence: 1, step: 1 });
  const other = (await stack.client.jobs.list({ query: 'name = "long line"' })).jobs[0];
  const compared = await lines('compare', id, other?.id ?? '');
  expect(compared.at(-1)).toMatch(/^training\.epochs +30 +100$/);
  expect(await descent('edit', id, '--tag', 'keep', '--star')).toContain('[line, keep]');
  expect(
    Number((await descent('predict', id, '--row', '{"x":[1,1]}')).replaceAll(/[[\]\s]/g, '')),
  ).toBeCloseTo(2, 1);
  writeFileSync(
    join(folder, 'rows.json'),
    JSON.stringify({
      inputs: {
        x: [
          [0, 0],
          [1, 0],
        ],
      },
    }),
  );
  expect(JSON.parse(await descent('predict', id, 'rows.json', '--json'))).toMatchObject({ rows: 2 });
  expect(await descent('top')).toMatch(/0 running {2}0 waiting/);
  expect(JSON.parse(await descent('top', '--json'))).toMatchObject({
    jobs: [],
    workers: [{ name: 'worker-1', state: 'active' }],
  });
  expect(JSON.parse(await descent('open', id, '--json'))).toEqual({ url: `${stack.url}/jobs/${id}` });
  expect((await lines('completion', 'ids')).slice(0, 9)).toContain(id);
});

test('what "copy as" gives submits the job: in the shell, in Python and in TypeScript', async () => {
  const job = (await stack.client.jobs.list({ query: 'name = "a line from Python"' })).jobs[0];
  const bin = join(root, 'packages/cli/bin/descent.js');
  for (const language of snippetLanguages) {
    const name = `it's "copied" as ${language}`;
    const snippet = renderSnippet(language, {
      url: stack.url,
      request: { ...job?.request, name } as JobCreate,
    });
    if (language === 'python') await inPython(snippet);
    else if (language === 'typescript') {
      const file = join(root, 'examples/clients', `copied-${process.pid}.ts`);
      writeFileSync(file, snippet);
      const node = ['--import', 'tsx', '--conditions', 'descent-source', file];
      await run(process.execPath, node, { cwd: root, env: environment() }).finally(() => rmSync(file));
    } else {
      const script = `descent() { "${process.execPath}" "${bin}" "$@"; }\n${snippet}`;
      await run('sh', ['-c', script], { cwd: folder, env: environment() });
    }
    const found = await stack.client.jobs.list({
      query: `name = "it's" or name ~ "copied" name ~ "as ${language}"`,
    });
    expect(found.jobs.map((one) => one.name)).toEqual([name]);
  }
});

test('the module is one file of the standard library, and its help explains it', async () => {
  const source = readFileSync(join(folder, 'descent.py'), 'utf8');
  const imports = [...source.matchAll(/^import ([\w.]+)/gm)].map(([, name]) => name);
  expect(imports).toEqual([
    'html',
    'io',
    'json',
    'os',
    'struct',
    'time',
    'urllib.error',
    'urllib.parse',
    'urllib.request',
    'uuid',
  ]);
  expect(await inPython('import descent; help(descent.Client.upload)')).toContain('.npy');
});
