// How long a team waits for its first gradient while one job of another team has both workers: `npm run first-gradient`. Real
// processes, `--runs N`. Measured from the submission to the report of the first applied step; asked for: at most 2 s.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const limitSeconds = 2;
const root = new URL('..', import.meta.url);
const folder = await mkdtemp(join(tmpdir(), 'descent-first-gradient-'));
const cli = new URL('packages/cli/bin/descent.js', root).pathname;
const stack = spawn(
  process.execPath,
  [cli, 'up', '--json', '--port', '0', '--workers', '2', '--data-dir', folder],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);

try {
  const [line] = await once(stack.stdout.setEncoding('utf8'), 'data');
  const { url, token } = JSON.parse(line.split('\n')[0]);
  const call = async (bearer, method, path, body) => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: {
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.message}`);
    return answer;
  };
  const member = async (name) => {
    const { id } = await call(token, 'POST', '/teams', { name });
    const { code } = await call(token, 'POST', `/teams/${id}/invites`, { name });
    return (await call(null, 'POST', '/join', { code })).secret;
  };
  const example = async (name, training) => {
    const job = JSON.parse(await readFile(new URL(`examples/${name}.json`, root), 'utf8'));
    return { ...job, training: { ...job.training, ...training } };
  };
  const untilStep = async (bearer, id) => {
    for (;;) {
      const job = await call(bearer, 'GET', `/jobs/${id}`);
      if (job.progress.step > 0) return job;
      if (job.state === 'failed') throw new Error(job.reason);
      await pause(20);
    }
  };

  const busy = await member('busy');
  const { id: long } = await call(busy, 'POST', '/jobs', await example('mnist-mlp', { epochs: 1000 }));
  await untilStep(busy, long);
  await pause(3000);
  const seconds = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const newcomer = await member(`newcomer ${run}`);
    const job = await example('penguins', { epochs: 1 });
    const start = performance.now();
    const { id } = await call(newcomer, 'POST', '/jobs', job);
    await untilStep(newcomer, id);
    seconds.push(Math.round(performance.now() - start) / 1000);
    await pause(1500);
  }
  const largest = Math.max(...seconds);
  console.log(JSON.stringify({ workers: 2, seconds, largest }));
  process.exitCode = largest <= limitSeconds ? 0 : 1;
} finally {
  stack.kill('SIGTERM');
  await once(stack, 'exit');
  await rm(folder, { recursive: true, force: true });
}
