// npm run bench: how fast Descent trains, beside PyTorch and the bare engine, and everything else that it is held to.
//   --case NAME     may be repeated; default: all
//   --repeats N     interleaved repeats, of which the median counts (default 5)
//   --json          one line of JSON per row on stdout; everything else goes to stderr
//   --quick         two short repeats of everything, to see that it works
//   --link RATE     the gradient channel of the training cases runs through a token bucket, such as 100mbit
//   --resume        cases that were measured at this commit with these settings are not measured again
//   --publish       writes docs/benchmarks.json and docs/benchmarks.md
// Each case leaves its raw figures in bench-results/. A case that fails does not keep the others from running.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { caseNames, cases } from './bench/cases.mjs';
import { parseRate } from './bench/link.mjs';
import { writePage } from './bench/page.mjs';
import { root, setUp } from './setup.mjs';

const usage = `usage: npm run bench -- [--case ${caseNames.join('|')}]… [--repeats N] [--json] [--quick] [--link 100mbit] [--resume] [--publish]`;
const options = readOptions();
setUp();
// Read by onnxruntime when it is loaded: it must not report its use to its maker.
process.env.ORT_DISABLE_TELEMETRY = '1';
const { writeDataFiles } = await import('./bench/data-files.mjs');
const { startService } = await import('./bench/service.mjs');

const results = join(root, 'bench-results');
mkdirSync(results, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'descent-bench-'));
const log = (text) => console.error(text);
const about = {
  commit:
    git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'packages', 'services') && '+'),
  repeats: options.repeats,
  seconds: options.seconds,
  ...(options.link && { link: options.link.text }),
};
let shared;
const context = {
  ...options,
  folder,
  files: writeDataFiles(folder),
  log,
  /** One stack with two workers for all cases that need no other. */
  service() {
    const link = options.link && { bytesPerSecond: options.link.bytesPerSecond };
    shared ??= startService({ files: context.files, workers: 2, link }).catch((error) => {
      // The next case tries again.
      shared = undefined;
      throw error;
    });
    return shared;
  },
};

const measured = [];
try {
  for (const name of options.names) measured.push(await measure(name));
} finally {
  await shared?.then(
    (service) => service.stop(),
    () => {},
  );
  rmSync(folder, { recursive: true, force: true });
}
if (options.publish) {
  const path = join(root, 'docs', 'benchmarks.json');
  const kept = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).cases : {};
  const fresh = measured.filter(({ failed }) => failed === undefined);
  // A case that failed, or was not asked for, keeps what was published before.
  for (const { name, raw: _, ...result } of fresh) kept[name] = result;
  const ordered = Object.fromEntries(caseNames.flatMap((name) => (kept[name] ? [[name, kept[name]]] : [])));
  writeFileSync(path, `${JSON.stringify({ machine: machine(), cases: ordered }, null, 2)}\n`);
  writePage(root);
}
const failures = measured.filter(({ failed }) => failed !== undefined);
for (const { name, failed } of failures) log(`case ${name} failed: ${failed}`);
process.exit(failures.length === 0 ? 0 : 1);

async function measure(name) {
  const file = join(results, `${name}.json`);
  if (options.resume && existsSync(file)) {
    const before = JSON.parse(readFileSync(file, 'utf8'));
    if (before.failed === undefined && JSON.stringify(before.about) === JSON.stringify(about)) {
      log(`case ${name}: measured before`);
      for (const row of before.rows) print(row);
      return before;
    }
  }
  const started = performance.now();
  const result = await cases[name](context).catch((error) => ({ rows: [], failed: error.message }));
  const whole = {
    name,
    about,
    measuredAt: new Date().toISOString(),
    took: Math.round((performance.now() - started) / 1000),
    versions: { node: process.versions.node, ...result.versions },
    ...result,
  };
  writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`);
  for (const row of whole.rows) print(row);
  log(`case ${name}: ${whole.failed ?? 'done'} in ${whole.took} s`);
  return whole;
}

function print(row) {
  if (options.json) {
    console.log(JSON.stringify(row));
    return;
  }
  const { case: name, figure, failed } = row;
  if (failed !== undefined) console.log(`${figure.padEnd(8)} ${name.padEnd(16)} failed: ${failed}`);
  else if (figure === undefined)
    console.log(
      `${name.padEnd(12)} ${String(row.samplesPerSecond).padStart(7)} samples/s  ${row.ratioToBare} of the bare loop  ${row.peer ?? row.control ?? (row.workers === 0 ? 'bare loop' : `service, ${row.workers} worker${row.workers > 1 ? 's' : ''}`)}`,
    );
  else {
    const wanted = row.atMost === undefined ? `at least ${row.atLeast}` : `at most ${row.atMost}`;
    const verdict = row.reached === undefined ? '' : `  (${wanted}, aim ${row.aim}: ${row.reached})`;
    console.log(`${figure.padEnd(8)} ${name.padEnd(16)} ${row.ratio}${verdict}`);
  }
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        case: { type: 'string', multiple: true },
        repeats: { type: 'string' },
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        link: { type: 'string' },
        resume: { type: 'boolean', default: false },
        publish: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    refuse(error.message);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const names = values.case ?? caseNames;
  const unknown = names.find((name) => !caseNames.includes(name));
  if (unknown !== undefined) refuse(`there is no case ${unknown}`);
  const repeats = Number(values.repeats ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(repeats) || repeats < 1) refuse('--repeats takes a whole number from 1');
  if (values.publish && (values.quick || values.link || repeats < 5))
    refuse('what is published has at least 5 repeats, and neither --quick nor --link');
  const bytesPerSecond = values.link && parseRate(values.link);
  if (values.link && !bytesPerSecond) refuse('--link takes a rate such as 100mbit, 1gbit or 12.5mbyte');
  return {
    ...values,
    names,
    repeats,
    seconds: values.quick ? 0.5 : 4,
    link: values.link && { text: values.link, bytesPerSecond },
  };
}

function refuse(problem) {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}

function git(...args) {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

function machine() {
  const all = cpus();
  return {
    cpu: `${all.length} × ${all[0]?.model.trim()}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
  };
}
