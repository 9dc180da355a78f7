import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDescent } from '@descent/testkit';
import { expect, test } from 'vitest';

test('`demo --once --json` trains MNIST to 97 % from nothing and prints exactly one JSON line', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'descent-demo-test-'));
  try {
    const { code, stdout, stderr } = await runDescent(['demo', '--once', '--json', '--workers', '2'], {
      cwd,
      env: { TMPDIR: cwd },
    });
    expect(code, stderr).toBe(0);
    expect(stdout.endsWith('\n') && stdout.indexOf('\n') === stdout.length - 1, stdout).toBe(true);
    const result = JSON.parse(stdout) as { validation: { accuracy: number; loss: number } };
    expect(result).toEqual({
      jobId: expect.stringMatching(/^job_[0-9A-Z]{26}$/),
      state: 'succeeded',
      validation: { accuracy: expect.any(Number), loss: expect.any(Number) },
      weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      steps: 1407,
      workers: 2,
      seconds: expect.any(Number),
      samplesPerSecond: expect.any(Number),
    });
    expect(result.validation.accuracy).toBeGreaterThanOrEqual(0.97);
    expect(stderr).toMatch(
      /step 1,407\/1,407 {2}epoch 3\.00\/3 {2}loss \S+ {2}accuracy \S+ % {2}\S+ it\/s {2}\S+ samples\/s {2}ETA/,
    );
    expect(readdirSync(cwd)).toEqual([]);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
