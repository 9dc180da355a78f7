// npm test: sets everything up, checks style and types, runs unit and system tests; with --all the parity tests and the team server's
// (npm run topology) too.
// Ends with one line, `N passed, N failed`, and exits non-zero when anything failed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const bin = (name) => join(root, 'node_modules', '.bin', name);
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;

const given = process.argv.slice(2);
const projects = given.some((arg) => arg === '--all' || arg.startsWith('--project'))
  ? []
  : ['unit', 'system'];

const scratch = mkdtempSync(join(tmpdir(), 'descent-test-'));
const report = join(scratch, 'report.json');
let passed = 0;
let failed = 0;
const skipped = [];

if (!run(bin('biome'), ['check', '.'])) failed++;
const greenRun = run(bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...projects.map((project) => `--project=${project}`),
  ...given.filter((arg) => arg !== '--all'),
]);
try {
  const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  passed += numPassedTests;
  // A file that cannot even be loaded fails without a single failed test.
  failed += numFailedTests > 0 ? numFailedTests : numFailedTestSuites;
  for (const file of testResults) {
    for (const test of file.assertionResults)
      if (test.status === 'skipped' || test.status === 'pending') skipped.push(test.fullName);
  }
} catch {
  console.error('vitest left no report');
}
if (!greenRun && failed === 0) failed++;
rmSync(scratch, { recursive: true, force: true });
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
