// docs/benchmarks.md, from docs/benchmarks.json: `node scripts/bench/page.mjs` writes it again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figures } from './targets.mjs';

export function writePage(root) {
  const { machine, cases } = JSON.parse(readFileSync(join(root, 'docs', 'benchmarks.json'), 'utf8'));
  writeFileSync(join(root, 'docs', 'benchmarks.md'), page(machine, cases));
}

function page(machine, cases) {
  const all = Object.entries(cases);
  const rows = all.flatMap(([, { rows }]) => rows);
  const versions = Object.assign({}, ...all.map(([, { versions }]) => versions));
  const figureRows = Object.entries(figures).flatMap(([figure, { title, below }]) =>
    rows
      .filter((row) => row.figure === figure)
      .map(({ case: name, ratio, spread, atLeast, atMost, aim, reached, failed }) =>
        line([
          figure,
          title,
          name,
          failed === undefined ? `**${ratio}**` : 'failed',
          spread === undefined ? '' : spread.join(' – '),
          atLeast === undefined && atMost === undefined
            ? ''
            : `${below ? '≤ ' : '≥ '}${atLeast ?? atMost}, aim ${aim}`,
          failed ?? reached ?? '',
        ]),
      ),
  );
  const speedRows = rows
    .filter(({ samplesPerSecond }) => samplesPerSecond !== undefined)
    .map(({ case: name, workers, peer, control, samplesPerSecond, ratioToBare }) =>
      line([
        name,
        peer ??
          control ??
          (workers === 0 ? 'bare loop' : `service, ${workers} worker${workers === 1 ? '' : 's'}`),
        samplesPerSecond.toLocaleString('en'),
        ratioToBare,
      ]),
    );
  const runs = all.map(([name, { about, measuredAt, took }]) =>
    line([
      name,
      measuredAt.slice(0, 16).replace('T', ' '),
      `\`${about.commit}\``,
      about.repeats,
      `${took} s`,
    ]),
  );
  return `# Benchmarks

Written by \`npm run bench -- --publish\` from a run; nothing here is typed. The raw rows are in [benchmarks.json](benchmarks.json), what
was learnt on the way in [performance.md](performance.md). Every ratio is the median of the ratios of interleaved repeats of one run, with
the smallest and largest beside it: only ratios mean something on another machine.

Machine: ${machine.cpu}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}. Versions: ${Object.entries(
    versions,
  )
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.

## Ratios

${line(['#', 'ratio', 'case', 'measured', 'repeats from – to', 'wanted', 'reached'])}
${line(Array(7).fill('---'))}
${figureRows.join('\n')}

## Speeds

Workloads: \`mlp\` 784-512-256-10, batch 128; \`cnn\` conv 32 – pool – conv 64 – pool – dense 128 – dense 10, 28×28, batch 128; \`transformer\`
4 layers, d 128, 4 heads, length 64, vocabulary 256, batch 32; \`wide\` 784-2816-2752-10, 10 M parameters, batch 128. Momentum SGD, but
AdamW for the transformer. Service and bare loop compute with one thread per worker; PyTorch is Debian's, with OpenBLAS and oneDNN.
The bare loop is engine, data and optimizer in one process, without copies between them.

${line(['workload', 'what', 'samples/s', '÷ bare loop'])}
${line(['---', '---', '---:', '---:'])}
${speedRows.join('\n')}

## How

- **M** (S3) is the speed of two bare loops that run at once, in two processes: what this machine has to give to two workers.
- **S6** counts bytes on the sockets themselves, in a proxy between workers and parameter server, everything included.
- **S8**: a piece of work lasts 4 times its shortest time on each of 4 workers, asleep for what it does not compute, so that four of them fit on two
  processors and each keeps the pace of a machine of its own; on the slow one it lasts 40 times as long. The work-conserving ideal is (3 + 1 ÷ 10) × the speed of one such worker on its own, through the same service. The
  CNN, 24 micro-batches of 8 samples per step.
- **S9** compares with a parameter server that adds gradients as they come; 8 micro-batches per step.
- **S10** is all that a real redis-server reads and writes while a second training job runs (the first one loads its scripts), by the gradient jobs that it gave out.

| case | measured at (UTC) | commit | repeats | took |
|---|---|---|---|---|
${runs.join('\n')}
`;
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writePage(fileURLToPath(new URL('../..', import.meta.url)));
