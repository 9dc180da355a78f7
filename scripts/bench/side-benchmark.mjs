// The benchmarks that packages keep beside their code (S4, S5, S7). With --json each prints lines of JSON; a line with a
// `figure` is one: { figure, case, ratio, … }.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { figureRow } from './targets.mjs';

export async function sideBenchmark(path, { quick }) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`${path} is not there`);
  const child = spawn(process.execPath, [file, '--json', ...(quick ? ['--quick'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const raw = [];
  for await (const line of createInterface({ input: child.stdout })) raw.push(JSON.parse(line));
  const code = await ended;
  if (code !== 0) throw new Error(`${path} ended with exit code ${code}`);
  const rows = raw
    .filter(({ figure }) => figure !== undefined)
    .map(({ figure, case: name, ratio, ...more }) => figureRow(figure, name, ratio, more));
  if (rows.length === 0) throw new Error(`${path} reported no figure`);
  return { rows, raw };
}
