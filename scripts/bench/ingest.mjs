// How fast clean numeric CSV becomes shards: `npm run build && node scripts/bench/ingest.mjs [megabytes]`. Beside MB/s it
// gives the ratio to a bare loop that reads the file and splits its lines, which is what a busy machine slows as well.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { ingestFile } from '@descent/datasets';

const megabytes = Number(process.argv[2] ?? 500);
const columns = 20;
const folder = await mkdtemp(join(tmpdir(), 'descent-bench-'));
try {
  const path = join(folder, 'numbers.csv');
  await pipeline(numbers(megabytes * 1e6), createWriteStream(path));
  const { size } = await stat(path);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const ingest = await seconds(() => ingestFile({ path, sink: { put: async (bytes) => hashed(bytes) } }));
  clearInterval(watch);
  const bare = await seconds(async () => {
    let cells = 0;
    for await (const line of createInterface({ input: createReadStream(path) }))
      cells += line.split(',').length;
    return cells;
  });
  const row = {
    megabytes: size / 1e6,
    'MB/s': size / 1e6 / ingest,
    'peak MB resident': peak / 1e6,
    'read and split, MB/s': size / 1e6 / bare,
    ratio: bare / ingest,
  };
  console.table(
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(2))])),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
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

function hashed(bytes) {
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength };
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
