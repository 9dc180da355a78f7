import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@descent/client';
import type { Job } from '@descent/contracts';
import { runDescent, type Stack, startStack } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyJob, copyTask, randomSequences } from '../../examples/lecture/copy-task.ts';
import { copyMachine } from '../../examples/lecture/neural-turing-machine.ts';

let stack: Stack;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'descent-copy-task-'));
  stack = await startStack({ workers: 1 });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack?.stop();
});

function descent(...args: string[]) {
  return runDescent(args, {
    cwd: folder,
    env: { DESCENT_URL: stack.url, DESCENT_TOKEN: stack.token },
  });
}

test('a Neural Turing Machine learns to copy sequences of length 5 to 8', { timeout: 600_000 }, async () => {
  writeFileSync(join(folder, 'copy.npz'), copyTask(10_000, 1));
  const pushed = await descent('datasets', 'push', 'copy.npz');
  expect(pushed.code, pushed.stderr).toBe(0);
  writeFileSync(join(folder, 'copy.json'), JSON.stringify(copyJob(pushed.stdout.trim())));
  const { code, stdout, stderr } = await descent('submit', 'copy.json', '--follow', '--json');
  expect(code, stderr).toBe(0);
  const job: Job = JSON.parse(stdout);
  expect(job.state).toBe('succeeded');

  // Sequences of another seed; only the bits that were shown count.
  const { bits, length } = copyMachine;
  const { sequence, copy, lengths } = randomSequences(500, 2);
  const client = createClient({ url: stack.url, token: stack.token });
  const { outputs } = await client.jobs.predict(job.id, {
    inputs: { sequence: nested(sequence.data, sequence.shape) },
  });
  let [wrong, of] = [0, 0];
  lengths.forEach((count, sample) => {
    for (let place = 0; place < count * bits; place += 1) {
      const answers = outputs[sample] as number[][];
      const logit = answers[Math.floor(place / bits)]?.[place % bits] ?? Number.NaN;
      const truth = copy.data[sample * length * bits + place];
      if (logit > 0 !== (truth === 1)) wrong += 1;
      of += 1;
    }
  });
  process.stderr.write(
    `copy task: ${wrong} of ${of} bits wrong, validation ${JSON.stringify(job.validation)}, ` +
      `${job.progress.steps} steps in ${seconds(job)} s\n`,
  );
  expect(wrong / of).toBeLessThan(0.01);
});

/** [samples, …] as nested arrays. */
function nested(values: ArrayLike<number>, [size = 0, ...inner]: readonly number[], start = 0): unknown[] {
  const stride = inner.reduce((product, dim) => product * dim, 1);
  return Array.from({ length: size }, (_, index) =>
    inner.length === 0 ? values[start + index] : nested(values, inner, start + index * stride),
  );
}

function seconds({ startedAt, endedAt }: Job): number {
  return Math.round((Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000);
}
