// Brings a fresh clone to a state in which everything runs: installs dependencies when they are missing or out of date,
// builds what has changed. Prints to stderr only, so that commands built on it may own stdout.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.descent-lock');

/** Says nothing unless it fails; then everything the command said. */
function run(command, args, what) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  });
  if (status === 0) return;
  process.stderr.write(stdout ?? '');
  process.stderr.write(stderr ?? '');
  console.error(`\n${what} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(1);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing dependencies (once, about a minute) …');
  run('npm', ['ci', '--loglevel=error'], 'npm ci');
  writeFileSync(stamp, lock);
}

function build() {
  console.error('Building what has changed …');
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  run(turbo, ['run', 'compile', 'build', '--output-logs=errors-only', '--ui=stream'], 'The build');
}

export function setUp() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 15)) {
    console.error(`Descent needs Node 20.15 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  install();
  build();
}
