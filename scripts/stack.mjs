// A whole installation on this machine for a measurement: `descent up` with its own data folder, and callers of its API.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url);

/** @param workers compute threads */
export async function openStack(workers) {
  const folder = await mkdtemp(join(tmpdir(), 'descent-stack-'));
  const cli = new URL('packages/cli/bin/descent.js', root).pathname;
  const stack = spawn(
    process.execPath,
    [cli, 'up', '--json', '--port', '0', '--workers', String(workers), '--data-dir', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
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
  return {
    url,
    /** Of staff. */
    token,
    call,
    /** The token of a member of a new team. */
    async newTeam(name) {
      const { id } = await call(token, 'POST', '/teams', { name });
      const { code } = await call(token, 'POST', `/teams/${id}/invites`, { name });
      return (await call(null, 'POST', '/join', { code })).secret;
    },
    async close() {
      stack.kill('SIGTERM');
      await once(stack, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A job of the folder `examples`, with other training settings. */
export async function exampleJob(name, training) {
  const job = JSON.parse(await readFile(new URL(`examples/${name}.json`, root), 'utf8'));
  return { ...job, training: { ...job.training, ...training } };
}
