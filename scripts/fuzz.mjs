// Feeds damaged files to a reader of data sets: `npm run fuzz -- --reader csv --inputs 100000 --seed 1`; without --reader, to
// each. Every file must be read or refused with an error of the catalogue; the first that is neither is printed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz, fuzzTargets } from '../packages/datasets/src/fuzz.fixture.ts';

const { values } = parseArgs({
  options: {
    reader: { type: 'string' },
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});
const readers = values.reader === undefined ? Object.keys(fuzzTargets) : [values.reader];
const unknown = readers.find((reader) => !Object.hasOwn(fuzzTargets, reader));
if (unknown !== undefined)
  throw new Error(`There is no reader "${unknown}": ${Object.keys(fuzzTargets).join(', ')}`);

const folder = await mkdtemp(join(tmpdir(), 'descent-fuzz-'));
try {
  for (const reader of readers) {
    const start = performance.now();
    const { read, refused } = await fuzz(reader, {
      inputs: Number(values.inputs),
      seed: Number(values.seed),
      path: join(folder, 'fuzzed'),
    });
    const codes = [...refused].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const megabytes = Math.round(process.memoryUsage.rss() / 1e6);
    console.log(`${reader}: ${read} read; ${codes.join(', ')}; ${seconds} s, ${megabytes} MB resident`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
