// Feeds damaged files to a reader of data sets: `npm run fuzz -- --reader csv --inputs 100000 --seed 1`; without --reader, to
// each. Every file must be read or refused with an error of the catalogue, within half a minute; the first that is not is named, and
// `--first N --inputs 1` looks at input N again.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzz, fuzzTargets } from '../packages/datasets/src/fuzz.fixture.ts';

const slowMs = 30_000;

if (process.send === undefined) await main();
else await read(JSON.parse(process.argv[2]));

async function main() {
  const { values } = parseArgs({
    options: {
      reader: { type: 'string' },
      first: { type: 'string', default: '0' },
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
      const [first, inputs, seed] = [values.first, values.inputs, values.seed].map(Number);
      const settings = { reader, first, inputs, seed };
      const { read, refused, peakBytes } = await watched({ ...settings, path: join(folder, 'fuzzed') });
      const codes = refused.sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const megabytes = Math.round(peakBytes / 1e6);
      console.log(
        `${reader}: ${read} read; ${codes.join(', ')}; ${seconds} s, at most ${megabytes} MB resident`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a process of its own: a reader that never returns has to be ended from outside. */
function watched(settings) {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(settings)]);
  return new Promise((resolve, reject) => {
    /** -1 until the process has started. */
    let [input, before] = [-1, -1];
    const watch = setInterval(() => {
      if (input >= 0 && input === before) child.kill('SIGKILL');
      before = input;
    }, slowMs);
    child.on('message', (message) => {
      if (typeof message === 'number') input = message;
      else resolve(message);
    });
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      const problem = signal === null ? `ends the process with ${code}` : `takes over ${slowMs} ms`;
      reject(new Error(`Input ${input} of seed ${settings.seed} for ${settings.reader} ${problem}`));
    });
  });
}

async function read({ reader, ...settings }) {
  const { read, refused } = await fuzz(reader, { ...settings, onInput: (input) => process.send(input) });
  process.send({ read, refused: [...refused], peakBytes: process.resourceUsage().maxRSS * 1024 });
  process.disconnect();
}
