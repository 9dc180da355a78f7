// How fast clean numeric CSV becomes shards on the disk, and in how much memory: `npm run build && node scripts/bench/ingest.mjs
// [megabytes]` (500; 5000 takes two minutes and 7.5 GB of the folder for temporary files). The ingest has a process of its
// own, whose highest memory the kernel counts. Beside MB/s stands the ratio to a bare loop that reads the first part of the
// file and splits its lines, which is what a busy machine slows as well.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ingestFile } from '@descent/datasets';
import { openArtifactStore } from '@descent/storage';

const columns = 20;
const bareBytes = 200e6;

if (process.send === undefined) await measure(Number(process.argv[2] ?? 500));
else await ingest(process.argv[2], process.argv[3]);

async function measure(megabytes) {
  const folder = await mkdtemp(join(tmpdir(), 'descent-bench-'));
  try {
    const path = join(folder, 'numbers.csv');
    await pipeline(numbers(megabytes * 1e6), createWriteStream(path));
    const { size } = await stat(path);
    const child = fork(fileURLToPath(import.meta.url), [path, join(folder, 'artifacts')]);
    const [{ seconds, rows, peakBytes }] = await once(child, 'message');
    const bare = await timed(async () => {
      let cells = 0;
      for await (const line of createInterface({ input: createReadStream(path, { end: bareBytes }) }))
        cells += line.split(',').length;
      return cells;
    });
    const bareRate = Math.min(size, bareBytes) / 1e6 / bare.seconds;
    const rate = size / 1e6 / seconds;
    const row = {
      megabytes: size / 1e6,
      rows,
      'MB/s': rate,
      'peak MB resident': peakBytes / 1e6,
      'read and split, MB/s': bareRate,
      ratio: rate / bareRate,
    };
    console.table(
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(2))])),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In the process that is measured. */
async function ingest(path, artifacts) {
  const store = await openArtifactStore(artifacts);
  const sink = { put: (content) => store.put([content]) };
  const { seconds, value: manifest } = await timed(() => ingestFile({ path, sink }));
  process.send({
    seconds,
    rows: manifest.splits[0].count,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  });
  process.disconnect();
}

/** Integers, short decimals and negative numbers; the same each time. */
function* numbers(bytes) {
  yield `${Array.from({ length: columns }, (_, c) => `c${c}`).join(',')}\n`;
  let seed = 1;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  for (let written = 0; written < bytes; ) {
    let block = '';
    for (let r = 0; r < 500; r++) {
      for (let c = 0; c < columns; c++) {
        const value =
          c % 3 === 0 ? next() % 100_000 : ((next() % 2_000_001) - 1_000_000) / (c % 3 === 1 ? 1000 : 1e6);
        block += c === 0 ? value : `,${value}`;
      }
      block += '\n';
    }
    written += block.length;
    yield block;
  }
}

async function timed(work) {
  const start = performance.now();
  const value = await work();
  return { seconds: (performance.now() - start) / 1000, value };
}
